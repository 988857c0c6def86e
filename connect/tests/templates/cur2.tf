# curtail template 1, Terraform, for connection acme-payer (111122223333)
#
# Makes the role curtail, which reads costs and reports and can change nothing.
# Makes the private bucket curtail-reports-111122223333 and the report curtail-acme-payer-cur2 (a CUR 2.0 data export), delivered to it.
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
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}

# AWS makes cost reports in one region only; they cover all regions.
provider "aws" {
  alias               = "reports"
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
          AWS = "arn:aws:iam::444455556666:role/finops/hub"
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
        Resource = ["arn:aws:s3:::curtail-reports-111122223333"]
        Condition = {
          StringLike = {
            "s3:prefix" = ["cur2", "cur2/*"]
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
        Resource = ["arn:aws:s3:::curtail-reports-111122223333/cur2/*"]
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
      condition     = data.aws_region.reports.id == "us-east-1"
      error_message = "AWS makes cost reports in us-east-1 only: the provider aws.reports has to be in that region. The reports cover all regions."
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
        Resource  = ["arn:aws:s3:::curtail-reports-111122223333", "arn:aws:s3:::curtail-reports-111122223333/*"]
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
          Service = ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"]
        }
        Action   = ["s3:GetBucketAcl", "s3:GetBucketPolicy"]
        Resource = ["arn:aws:s3:::curtail-reports-111122223333"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = [
              "arn:aws:bcm-data-exports:us-east-1:111122223333:export/*",
              "arn:aws:cur:us-east-1:111122223333:definition/*",
            ]
          }
        }
      },
      # Anywhere in the bucket: before the first report, AWS writes a test object at its top.
      {
        Sid    = "DeliverReports"
        Effect = "Allow"
        Principal = {
          Service = ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"]
        }
        Action   = ["s3:PutObject"]
        Resource = ["arn:aws:s3:::curtail-reports-111122223333/*"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = [
              "arn:aws:bcm-data-exports:us-east-1:111122223333:export/*",
              "arn:aws:cur:us-east-1:111122223333:definition/*",
            ]
          }
        }
      },
    ]
  })
}

locals {
  columns = [
    "bill_bill_type",
    "bill_billing_entity",
    "bill_billing_period_end_date",
    "bill_billing_period_start_date",
    "bill_invoice_id",
    "bill_invoicing_entity",
    "bill_payer_account_id",
    "bill_payer_account_name",
    "cost_category",
    "discount",
    "discount_bundled_discount",
    "discount_total_discount",
    "identity_line_item_id",
    "identity_time_interval",
    "line_item_availability_zone",
    "line_item_blended_cost",
    "line_item_blended_rate",
    "line_item_currency_code",
    "line_item_legal_entity",
    "line_item_line_item_description",
    "line_item_line_item_type",
    "line_item_net_unblended_cost",
    "line_item_net_unblended_rate",
    "line_item_normalization_factor",
    "line_item_normalized_usage_amount",
    "line_item_operation",
    "line_item_product_code",
    "line_item_resource_id",
    "line_item_tax_type",
    "line_item_unblended_cost",
    "line_item_unblended_rate",
    "line_item_usage_account_id",
    "line_item_usage_account_name",
    "line_item_usage_amount",
    "line_item_usage_end_date",
    "line_item_usage_start_date",
    "line_item_usage_type",
    "pricing_currency",
    "pricing_lease_contract_length",
    "pricing_offering_class",
    "pricing_public_on_demand_cost",
    "pricing_public_on_demand_rate",
    "pricing_purchase_option",
    "pricing_rate_code",
    "pricing_rate_id",
    "pricing_term",
    "pricing_unit",
    "product",
    "product_comment",
    "product_fee_code",
    "product_fee_description",
    "product_from_location",
    "product_from_location_type",
    "product_from_region_code",
    "product_instance_family",
    "product_instance_type",
    "product_instancesku",
    "product_location",
    "product_location_type",
    "product_operation",
    "product_pricing_unit",
    "product_product_family",
    "product_region_code",
    "product_servicecode",
    "product_sku",
    "product_to_location",
    "product_to_location_type",
    "product_to_region_code",
    "product_usagetype",
    "reservation_amortized_upfront_cost_for_usage",
    "reservation_amortized_upfront_fee_for_billing_period",
    "reservation_availability_zone",
    "reservation_effective_cost",
    "reservation_end_time",
    "reservation_modification_status",
    "reservation_net_amortized_upfront_cost_for_usage",
    "reservation_net_amortized_upfront_fee_for_billing_period",
    "reservation_net_effective_cost",
    "reservation_net_recurring_fee_for_usage",
    "reservation_net_unused_amortized_upfront_fee_for_billing_period",
    "reservation_net_unused_recurring_fee",
    "reservation_net_upfront_value",
    "reservation_normalized_units_per_reservation",
    "reservation_number_of_reservations",
    "reservation_recurring_fee_for_usage",
    "reservation_reservation_a_r_n",
    "reservation_start_time",
    "reservation_subscription_id",
    "reservation_total_reserved_normalized_units",
    "reservation_total_reserved_units",
    "reservation_units_per_reservation",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_normalized_unit_quantity",
    "reservation_unused_quantity",
    "reservation_unused_recurring_fee",
    "reservation_upfront_value",
    "resource_tags",
    "savings_plan_amortized_upfront_commitment_for_billing_period",
    "savings_plan_end_time",
    "savings_plan_instance_type_family",
    "savings_plan_net_amortized_upfront_commitment_for_billing_period",
    "savings_plan_net_recurring_commitment_for_billing_period",
    "savings_plan_net_savings_plan_effective_cost",
    "savings_plan_offering_type",
    "savings_plan_payment_option",
    "savings_plan_purchase_term",
    "savings_plan_recurring_commitment_for_billing_period",
    "savings_plan_region",
    "savings_plan_savings_plan_a_r_n",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_savings_plan_rate",
    "savings_plan_start_time",
    "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment",
    "split_line_item_actual_usage",
    "split_line_item_net_split_cost",
    "split_line_item_net_unused_cost",
    "split_line_item_parent_resource_id",
    "split_line_item_public_on_demand_split_cost",
    "split_line_item_public_on_demand_unused_cost",
    "split_line_item_reserved_usage",
    "split_line_item_split_cost",
    "split_line_item_split_usage",
    "split_line_item_split_usage_ratio",
    "split_line_item_unused_cost",
    "tags",
  ]
}

resource "aws_bcmdataexports_export" "reports" {
  provider   = aws.reports
  depends_on = [aws_s3_bucket_policy.reports]

  export {
    name        = "curtail-acme-payer-cur2"
    description = "Hourly costs by resource, for curtail"

    data_query {
      query_statement = "SELECT ${join(", ", local.columns)} FROM COST_AND_USAGE_REPORT"
      table_configurations = {
        COST_AND_USAGE_REPORT = {
          # The API answers with the view; were it left out, every plan would show a change.
          BILLING_VIEW_ARN                      = "arn:aws:billing::111122223333:billingview/primary"
          TIME_GRANULARITY                      = "HOURLY"
          INCLUDE_RESOURCES                     = "TRUE"
          INCLUDE_SPLIT_COST_ALLOCATION_DATA    = "TRUE"
          INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY = "FALSE"
        }
      }
    }

    destination_configurations {
      s3_destination {
        s3_bucket = aws_s3_bucket.reports.id
        s3_prefix = "cur2"
        s3_region = "us-east-1"

        s3_output_configurations {
          output_type = "CUSTOM"
          format      = "PARQUET"
          compression = "PARQUET"
          overwrite   = "OVERWRITE_REPORT"
        }
      }
    }

    refresh_cadence {
      frequency = "SYNCHRONOUS"
    }
  }
}

output "reports" {
  description = "Where reports are delivered to, for the connection's configuration."
  value       = "s3://curtail-reports-111122223333/cur2"
}

output "role_arn" {
  description = "The role, for the connection's configuration."
  value       = aws_iam_role.curtail.arn
}
