# curtail template 1, Terraform, for connection acme-payer (111122223333)
#
# Makes the role curtail, which reads costs and reports and can change nothing.
# Makes the private bucket curtail-reports-111122223333 and the report curtail-acme-payer-cur (a legacy Cost and Usage Report), delivered to it.
# Nothing happens until you apply it: look it through, and change what you like.
#
# Apply it, in a folder of its own and with credentials of the connection's account:
#   terraform init
#   terraform apply
#
# Be rid of it:
#   terraform state list | grep '^aws_s3_bucket' | xargs terraform state rm
#   terraform destroy
# The first line has Terraform forget the bucket, which stays as it is, with the reports in it.

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
  region              = "cn-northwest-1"
  allowed_account_ids = ["111122223333"]
}

# AWS makes cost reports in one region only; they cover all regions.
provider "aws" {
  alias               = "reports"
  region              = "cn-northwest-1"
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
          AWS = "arn:aws-cn:iam::444455556666:role/hub"
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
        Resource = ["arn:aws-cn:bcm-data-exports:*:111122223333:export/*"]
      },
      # What lies below the prefixes of the reports.
      {
        Sid    = "ListReports"
        Effect = "Allow"
        Action = [
          # finds the manifests of a report below its prefix
          "s3:ListBucket",
        ]
        Resource = ["arn:aws-cn:s3:::curtail-reports-111122223333"]
        Condition = {
          StringLike = {
            "s3:prefix" = ["cur", "cur/*"]
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
        Resource = ["arn:aws-cn:s3:::curtail-reports-111122223333/cur/*"]
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

data "aws_region" "reports" {
  provider = aws.reports
}

resource "aws_s3_bucket" "reports" {
  provider = aws.reports
  bucket   = "curtail-reports-111122223333"

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = data.aws_region.reports.id == "cn-northwest-1"
      error_message = "AWS makes cost reports in cn-northwest-1 only: the provider aws.reports has to be in that region. The reports cover all regions."
    }
  }
}

resource "aws_s3_bucket_public_access_block" "reports" {
  provider                = aws.reports
  bucket                  = aws_s3_bucket.reports.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "reports" {
  provider = aws.reports
  bucket   = aws_s3_bucket.reports.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "reports" {
  provider = aws.reports
  bucket   = aws_s3_bucket.reports.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "reports" {
  provider = aws.reports
  bucket   = aws_s3_bucket.reports.id

  versioning_configuration {
    status = "Enabled"
  }
}

# Reports are delivered several times a day: what was overwritten is not kept for ever.
resource "aws_s3_bucket_lifecycle_configuration" "reports" {
  provider   = aws.reports
  bucket     = aws_s3_bucket.reports.id
  depends_on = [aws_s3_bucket_versioning.reports]

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "reports" {
  provider   = aws.reports
  bucket     = aws_s3_bucket.reports.id
  depends_on = [aws_s3_bucket_public_access_block.reports]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # No request without TLS.
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:*"]
        Resource = [
          "arn:aws-cn:s3:::curtail-reports-111122223333",
          "arn:aws-cn:s3:::curtail-reports-111122223333/*",
        ]
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
      # Billing looks at the bucket's policy before it delivers, for this account's reports only.
      {
        Sid    = "CheckBucket"
        Effect = "Allow"
        Principal = {
          Service = ["billingreports.amazonaws.com"]
        }
        Action   = ["s3:GetBucketAcl", "s3:GetBucketPolicy"]
        Resource = ["arn:aws-cn:s3:::curtail-reports-111122223333"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws-cn:cur:cn-northwest-1:111122223333:definition/*"
          }
        }
      },
      # Anywhere in the bucket: before the first report, AWS writes a test object at its top.
      {
        Sid    = "DeliverReports"
        Effect = "Allow"
        Principal = {
          Service = ["billingreports.amazonaws.com"]
        }
        Action   = ["s3:PutObject"]
        Resource = ["arn:aws-cn:s3:::curtail-reports-111122223333/*"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws-cn:cur:cn-northwest-1:111122223333:definition/*"
          }
        }
      },
    ]
  })
}

resource "aws_cur_report_definition" "reports" {
  provider                   = aws.reports
  depends_on                 = [aws_s3_bucket_policy.reports]
  report_name                = "curtail-acme-payer-cur"
  time_unit                  = "HOURLY"
  format                     = "textORcsv"
  compression                = "GZIP"
  additional_schema_elements = ["RESOURCES"]
  refresh_closed_reports     = true
  report_versioning          = "CREATE_NEW_REPORT"
  s3_bucket                  = aws_s3_bucket.reports.id
  s3_prefix                  = "cur"
  s3_region                  = "cn-northwest-1"
}

output "reports" {
  description = "Where reports are delivered to, for the connection's configuration."
  value       = "s3://curtail-reports-111122223333/cur"
}

output "role_arn" {
  description = "The role, for the connection's configuration."
  value       = aws_iam_role.curtail.arn
}
