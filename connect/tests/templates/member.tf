# curtail template 1, Terraform, for connection acme-payer (111122223333)
#
# Makes the role curtail, which can be assumed and may do nothing else.
# Nothing happens until you apply it: look it through, and change what you like.
#
# Apply it, in a folder of its own and with credentials of the connection's account:
#   terraform init
#   terraform apply
#
# Be rid of it:
#   terraform destroy

terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.46"
    }
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "curtail" {
  name                 = "curtail"
  path                 = "/finops/readers/"
  description          = "Assumed by curtail, may do nothing else"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Nobody gets in without the external id.
      {
        Sid    = "AssumeWithExternalId"
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::444455556666:user/finops"
        }
        Action = ["sts:AssumeRole"]
        Condition = {
          StringEquals = {
            "sts:ExternalId" = "curtail-6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
          }
        }
      },
    ]
  })
}

output "role_arn" {
  description = "The role, for the connection's configuration."
  value       = aws_iam_role.curtail.arn
}
