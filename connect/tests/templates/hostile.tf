# curtail template 1, Terraform, for connection acme-payer (111122223333)
#
# Makes the role curtail, which reads costs and reports and can change nothing.
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
  path                 = "/"
  description          = "Assumed by curtail, reads costs and reports"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Nobody gets in without the external id.
      {
        Sid    = "AssumeWithExternalId"
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::444455556666:root"
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

resource "aws_iam_role_policy" "curtail" {
  name = "curtail-read"
  role = aws_iam_role.curtail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # There is nothing to confine these actions to: they are about the account as a whole.
      {
        Sid    = "FindReports"
        Effect = "Allow"
        Action = [
          # finds legacy reports, and their settings
          "cur:DescribeReportDefinitions",
          # finds data exports (CUR 2.0, FOCUS)
          "bcm-data-exports:ListExports",
        ]
        Resource = ["*"]
      },
      # The account's data exports.
      {
        Sid    = "DescribeExports"
        Effect = "Allow"
        Action = [
          # reads where an export goes, and its settings
          "bcm-data-exports:GetExport",
          # tells when an export was last delivered, or why not
          "bcm-data-exports:ListExecutions",
        ]
        Resource = ["arn:aws:bcm-data-exports:*:111122223333:export/*"]
      },
      # What lies below the prefixes of the reports.
      {
        Sid    = "ListReports"
        Effect = "Allow"
        Action = [
          # finds the manifests of a report below its prefix
          "s3:ListBucket",
        ]
        Resource = ["arn:aws:s3:::acme-hostile"]
        Condition = {
          StringLike = {
            "s3:prefix" = [
              "\"]}],\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"$${*}\",\"Resource\":\"$${*}\"}]}//",
              "\"]}],\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"$${*}\",\"Resource\":\"$${*}\"}]}///*",
              "$${$}$${$}{a}%%%{b}$${$}",
              "$${$}$${$}{a}%%%{b}$${$}/*",
              "%%{ for a in [1] }$${$}{file(\"/etc/passwd\")}%%{ endfor }\\",
              "%%{ for a in [1] }$${$}{file(\"/etc/passwd\")}%%{ endfor }\\/*",
              "$${*}",
              "$${*}/*",
              "a$${?}/$${$}{aws:username}",
              "a$${?}/$${$}{aws:username}/*",
              "x\"\n          - \"arn:aws:s3:::$${*}",
              "x\"\n          - \"arn:aws:s3:::$${*}/*",
              "\u202Edrow\u2028#: '!Sub é 🪣",
              "\u202Edrow\u2028#: '!Sub é 🪣/*",
            ]
          }
        }
      },
      # The reports themselves, and nothing beside them.
      {
        Sid    = "ReadReports"
        Effect = "Allow"
        Action = [
          # reads manifests and the files that they name
          "s3:GetObject",
        ]
        Resource = [
          "arn:aws:s3:::acme-hostile/\"]}],\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"$${*}\",\"Resource\":\"$${*}\"}]}///*",
          "arn:aws:s3:::acme-hostile/$${$}$${$}{a}%%%{b}$${$}/*",
          "arn:aws:s3:::acme-hostile/%%{ for a in [1] }$${$}{file(\"/etc/passwd\")}%%{ endfor }\\/*",
          "arn:aws:s3:::acme-hostile/$${*}/*",
          "arn:aws:s3:::acme-hostile/a$${?}/$${$}{aws:username}/*",
          "arn:aws:s3:::acme-hostile/x\"\n          - \"arn:aws:s3:::$${*}/*",
          "arn:aws:s3:::acme-hostile/\u202Edrow\u2028#: '!Sub é 🪣/*",
        ]
      },
      # There is nothing to confine these actions to: they are about the account as a whole.
      {
        Sid    = "CostExplorer"
        Effect = "Allow"
        Action = [
          # costs until the first report arrives; $0.01 per request
          "ce:GetCostAndUsage",
          # tells whether cost allocation tags are active; $0.01 per request
          "ce:ListCostAllocationTags",
        ]
        Resource = ["*"]
      },
      # There is nothing to confine these actions to: they are about the account as a whole.
      {
        Sid    = "Organizations"
        Effect = "Allow"
        Action = [
          # tells whether the account pays for others
          "organizations:DescribeOrganization",
          # names of linked accounts
          "organizations:ListAccounts",
        ]
        Resource = ["*"]
      },
    ]
  })
}

output "role_arn" {
  description = "The role, for the connection's configuration."
  value       = aws_iam_role.curtail.arn
}
