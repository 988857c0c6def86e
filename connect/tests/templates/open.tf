# curtail template 1, Terraform, for connection acme-payer (111122223333)
#
# Makes the role curtail, which reads costs and reports and can change nothing.
# Nothing happens until you apply it: look it through, and change what you like.
#
# Apply it, in a folder of its own and with credentials of the connection's account:
#   terraform init
#   terraform apply -var trusted_principal=... -var report_bucket=... -var report_prefix=...
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

variable "trusted_principal" {
  description = "Who assumes the role: the ARN of an IAM role or user, or arn:aws:iam::ACCOUNT:root for whoever that account lets."
  type        = string

  validation {
    condition     = can(regex("^arn:(aws|aws-cn|aws-us-gov):iam::[0-9]{12}:(root|(user|role)/[0-9A-Za-z_+=,.@/-]+)$", var.trusted_principal))
    error_message = "Must be an ARN such as arn:aws:iam::111122223333:role/NAME."
  }
}

variable "report_bucket" {
  description = "The bucket that reports are delivered to."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-Za-z._-]{3,255}$", var.report_bucket))
    error_message = "Must be the name of a bucket."
  }
}

variable "report_prefix" {
  description = "The prefix of the reports in the bucket, without slashes at its ends."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-Za-z!_.'()-]([0-9A-Za-z!_.'()/-]*[0-9A-Za-z!_.'()-])?$", var.report_prefix))
    error_message = "Must be a prefix without wildcards and without slashes at its ends."
  }
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
          AWS = var.trusted_principal
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
        Resource = ["arn:aws:s3:::${var.report_bucket}"]
        Condition = {
          StringLike = {
            "s3:prefix" = [var.report_prefix, "${var.report_prefix}/*"]
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
        Resource = ["arn:aws:s3:::${var.report_bucket}/${var.report_prefix}/*"]
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
