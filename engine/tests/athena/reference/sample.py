#!/usr/bin/env python3
"""Writes ../data: line items and FOCUS rows as text, taken from generated reports and completed by hand.

Only to be run again when the data itself is to change; every answer has to be worked out anew then. Needs a store that
holds three generated reports:

    for f in legacy-csv:120000:500:1 cur2-parquet:60000:300:2 focus:60000:300:1; do
        IFS=: read -r format rows resources seed <<<"$f"
        curtail generate --out "gen/$format" --format "$format" --rows "$rows" --resources "$resources" --seed "$seed" \\
            --profile small --tags 5 --name "${format%-*}"
    done
    curtail --store STORE ingest gen/*
    sample.py STORE

Of usage it takes all line items of some hours, so that covered usage, its negation and the shares of containers stand
together, and of everything else all. What the generator does not know (storage classes, volumes, logs, clusters …) is
added from the templates below. A cell that is NULL is NULL here too; there is no empty text.
"""

import hashlib
import pathlib
import sys

import duckdb

STORE = pathlib.Path(sys.argv[1])
DATA = pathlib.Path(__file__).parent.parent / "data"
MONTHS = ("2026-09", "2026-10")
HOURS = [
    "2026-09-01 00", "2026-09-02 07", "2026-09-06 13", "2026-09-13 22", "2026-09-18 10", "2026-09-24 16", "2026-09-30 23",
    "2026-10-01 00", "2026-10-02 09", "2026-10-05 10", "2026-10-11 04", "2026-10-17 19", "2026-10-25 01", "2026-10-31 23",
]  # fmt: skip
# Columns that only the store adds, and those whose type is known to none but ingest.
DROPPED = {
    "source", "report", "billing_period", "x_discounts", "discount_edp_discount", "discount_private_rate_discount",
    "discount_r_i_volume_discount",
}  # fmt: skip
PAYER = "011122000000"
LINKED = ["261356700001", "378424400002", "699056800011", "752059800012", "000007000003"]

# product code, product name, family, usage type, operation, unit, price, amount, region, resource, more product attributes
TEMPLATES = [
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "Storage", "EBS:VolumeUsage.gp2", "CreateVolume-Gp2", "GB-Mo", "0.10", "1.25", "us-east-1", "vol-0a{a}gp2{n}", {"volume_api_name": "gp2"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "Storage", "USW2-EBS:VolumeUsage.gp2", "CreateVolume-Gp2", "GB-Mo", "0.10", "2.5", "us-west-2", "vol-0b{a}gp2{n}", {"volume_api_name": "gp2"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "Storage", "EBS:VolumeUsage.piops", "CreateVolume-P-IOPS", "GB-Mo", "0.125", "3", "us-east-1", "vol-0c{a}io1{n}", {"volume_api_name": "io1"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "System Operation", "EBS:VolumeP-IOPS.piops", "CreateVolume-P-IOPS", "IOPS-Mo", "0.065", "40", "us-east-1", "vol-0c{a}io1{n}", {"volume_api_name": "io1"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "NAT Gateway", "NatGateway-Hours", "NatGateway", "Hrs", "0.045", "24", "us-east-1", "arn:aws:ec2:us-east-1:{acc}:natgateway/nat-0{a}{n}", {"group": "NGW:NatGateway"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "NAT Gateway", "NatGateway-Bytes", "NatGateway", "GB", "0.045", "113.75", "us-east-1", "arn:aws:ec2:us-east-1:{acc}:natgateway/nat-0{a}{n}", {"group": "NGW:NatGateway"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "Compute Instance", "SpotUsage:m5.xlarge", "RunInstances:SV002", "Hrs", "0.0731", "24", "us-east-1", "i-0spot{a}{n}", {"instance_type": "m5.xlarge", "instance_family": "General purpose", "vcpu": "4", "operating_system": "Linux", "tenancy": "Shared"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "Compute Instance", "BoxUsage:m6g.large", "RunInstances", "Hrs", "0.077", "24", "us-east-1", "i-0arm{a}{n}", {"instance_type": "m6g.large", "instance_family": "General purpose", "vcpu": "2", "operating_system": "Linux", "tenancy": "Shared", "physical_processor": "AWS Graviton2 Processor"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "Compute Instance", "BoxUsage:r5.4xlarge", "RunInstances:0002", "Hrs", "1.744", "6", "us-east-1", "i-0win{a}{n}", {"instance_type": "r5.4xlarge", "instance_family": "Memory optimized", "vcpu": "16", "operating_system": "Windows", "tenancy": "Shared"}),
    ("AmazonEC2", "Amazon Elastic Compute Cloud", "CPU Credits", "EUW2-CPUCredits:t3", "RunInstances", "vCPU-Hours", "0.05", "0.4", "eu-west-2", "i-0t3{a}{n}", {"instance_type": "t3.medium"}),
    ("AmazonS3", "Amazon Simple Storage Service", "Storage", "TimedStorage-SIA-ByteHrs", "StandardIAStorage", "GB-Mo", "0.0125", "40", "us-east-1", "acme-logs-{n}", {"storage_class": "Infrequent Access", "volume_type": "Standard - Infrequent Access"}),
    ("AmazonS3", "Amazon Simple Storage Service", "Storage", "TimedStorage-GlacierByteHrs", "GlacierStorage", "GB-Mo", "0.0036", "512.5", "us-east-1", "acme-archive-{n}", {"storage_class": "Archive", "volume_type": "Amazon Glacier"}),
    ("AmazonS3", "Amazon Simple Storage Service", "Storage", "TimedStorage-INT-FA-ByteHrs", "IntelligentTieringFAStorage", "GB-Mo", "0.023", "8.125", "us-east-1", "acme-lake-{n}", {"storage_class": "Intelligent-Tiering", "volume_type": "Intelligent-Tiering Frequent Access"}),
    ("AmazonS3", "Amazon Simple Storage Service", "Fee", "EarlyDelete-GIR", "DeleteObject", "GB-Mo", "0.004", "3.5", "us-east-1", "acme-archive-{n}", {"storage_class": "Archive"}),
    ("AmazonRDS", "Amazon Relational Database Service", "Database Instance", "USW2-InstanceUsage:db.r5.large", "CreateDBInstance:0016", "Hrs", "0.29", "24", "us-west-2", "arn:aws:rds:us-west-2:{acc}:db:orders-{n}", {"database_engine": "Aurora MySQL", "instance_type": "db.r5.large", "deployment_option": "Single-AZ", "license_model": "No license required"}),
    ("AmazonRDS", "Amazon Relational Database Service", "Database Instance", "Multi-AZUsage:db.m5.xlarge", "CreateDBInstance:0002", "Hrs", "0.684", "24", "us-east-1", "arn:aws:rds:us-east-1:{acc}:db:billing-{n}", {"database_engine": "MySQL", "instance_type": "db.m5.xlarge", "deployment_option": "Multi-AZ", "license_model": "No license required"}),
    ("AmazonRDS", "Amazon Relational Database Service", "System Operation", "Aurora:StorageIOUsage", "CreateDBInstance:0016", "IOs", "0.0000002", "125000", "us-west-2", "arn:aws:rds:us-west-2:{acc}:cluster:orders", {"database_engine": "Aurora MySQL"}),
    ("AWSLambda", "AWS Lambda", "Serverless", "Lambda-GB-Second-ARM", "Invoke", "Lambda-GB-Second", "0.0000133334", "3600.5", "us-east-1", "arn:aws:lambda:us-east-1:{acc}:function:thumbs-{n}", {"group": "AWS-Lambda-Duration-ARM"}),
    ("AmazonDynamoDB", "Amazon DynamoDB", "Provisioned IOPS", "ReadCapacityUnit-Hrs", "CommittedThroughput", "ReadCapacityUnit-Hrs", "0.00013", "240", "us-east-1", "arn:aws:dynamodb:us-east-1:{acc}:table/sessions", {"group": "DDB-ReadUnits"}),
    ("AmazonDynamoDB", "Amazon DynamoDB", "Provisioned IOPS", "WriteCapacityUnit-Hrs", "CommittedThroughput", "WriteCapacityUnit-Hrs", "0.00065", "120", "us-east-1", "arn:aws:dynamodb:us-east-1:{acc}:table/sessions", {"group": "DDB-WriteUnits"}),
    ("AmazonVPC", "Amazon Virtual Private Cloud", "VpcEndpoint", "USE1-PublicIPv4:IdleAddress", "AllocateAddressVPC", "Hrs", "0.005", "24", "us-east-1", "eipalloc-0{a}{n}", {"group": "VPCPublicIPv4Address"}),
    ("AmazonVPC", "Amazon Virtual Private Cloud", "VpcEndpoint", "USE1-PublicIPv4:InUseAddress", "RunInstances", "Hrs", "0.005", "24", "us-east-1", "arn:aws:ec2:us-east-1:{acc}:network-interface/eni-0{a}{n}", {"group": "VPCPublicIPv4Address"}),
    ("AmazonVPC", "Amazon Virtual Private Cloud", "Transit Gateway", "USE1-TransitGateway-Hours", "TransitGatewayVPC", "Hrs", "0.05", "24", "us-east-1", "arn:aws:ec2:us-east-1:{acc}:transit-gateway/tgw-0{a}", {"attachment_type": "VPC"}),
    ("AWSCloudTrail", "AWS CloudTrail", "Management Tools - AWS CloudTrail Paid Events Recorded", "USE1-PaidEventsRecorded", "None", "Events", "0.00002", "51234", "us-east-1", None, {}),
    ("AWSCloudTrail", "AWS CloudTrail", "Management Tools - AWS CloudTrail Free Events Recorded", "USE1-FreeEventsRecorded", "None", "Events", "0", "90000", "us-east-1", None, {}),
    ("AWSConfig", "AWS Config", "Management Tools - AWS Config", "USE1-ConfigurationItemRecorded", "None", "ConfigurationItemRecorded", "0.003", "77", "us-east-1", None, {"group": "Configuration Items"}),
    ("AWSConfig", "AWS Config", "Management Tools - AWS Config Rules", "USE1-ConfigRuleEvaluations", "None", "ConfigRuleEvaluations", "0.001", "310", "us-east-1", None, {"group": "Rules"}),
    ("awskms", "AWS Key Management Service", "Encryption Key", "us-east-1-KMS-Keys", "Unknown", "Keys", "1", "0.0323", "us-east-1", "arn:aws:kms:us-east-1:{acc}:key/0f{a}-{n}", {}),
    ("AmazonEKS", "Amazon Elastic Container Service for Kubernetes", "Compute", "USE1-AmazonEKS-Hours:perCluster", "CreateOperation", "Hours", "0.10", "24", "us-east-1", "arn:aws:eks:us-east-1:{acc}:cluster/shop", {}),
    ("AmazonGuardDuty", "Amazon GuardDuty", "Management Tools - Amazon GuardDuty", "USE1-PaidEventsAnalyzed", "None", "Events", "0.000004", "81234.5", "us-east-1", None, {"group": "Security Services - Amazon GuardDuty CloudTrail Event Analysis"}),
    ("AmazonAthena", "Amazon Athena", "AWS Athena", "USE1-DataScannedInTB", "None", "Terabytes", "5", "0.0125", "us-east-1", "arn:aws:athena:us-east-1:{acc}:workgroup/primary", {}),
    ("AWSGlue", "AWS Glue", "AWS Glue", "USE1-ETL-DPU-Hour", "Jobrun", "DPU-Hour", "0.44", "1.5", "us-east-1", "arn:aws:glue:us-east-1:{acc}:job/nightly", {"group": "ETL Job run"}),
    ("AmazonSageMaker", "Amazon SageMaker", "ML Instance", "USE1-Notebk:ml.t3.medium", "RunInstance", "Hrs", "0.05", "10", "us-east-1", "arn:aws:sagemaker:us-east-1:{acc}:notebook-instance/lab-{n}", {"instance_type": "ml.t3.medium"}),
    ("AmazonWorkSpaces", "Amazon WorkSpaces", "Enterprise Applications", "USE1-AW-HW-1", "CreateWorkSpace", "Month", "25", "0.0322", "us-east-1", "arn:aws:workspaces:us-east-1:{acc}:workspace/ws-{a}{n}", {"group": "AutoStop"}),
    ("AmazonECS", "Amazon EC2 Container Service", "Compute", "USE1-Fargate-vCPU-Hours:perCPU", "FargateTask", "hours", "0.04048", "48", "us-east-1", "arn:aws:ecs:us-east-1:{acc}:task/web/{a}{n}", {"cputype": "perCPU"}),
    ("AmazonECS", "Amazon EC2 Container Service", "Compute", "USE1-Fargate-GB-Hours", "FargateTask", "hours", "0.004445", "96", "us-east-1", "arn:aws:ecs:us-east-1:{acc}:task/web/{a}{n}", {"memorytype": "perGB"}),
    ("AWSQueueService", "Amazon Simple Queue Service", "API Request", "Requests-FIFO-Tier1", "SendMessage", "Requests", "0.0000005", "1234567", "us-east-1", "arn:aws:sqs:us-east-1:{acc}:orders.fifo", {}),
]  # fmt: skip
TEAMS = ["payments", "search", "Search", None, "ml", "web"]
ENVS = ["prod", "dev", None, "staging", "Prod"]


def number(text):
    """A number in 0…2³² that only depends on `text`."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def decimal(value):
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text or "0"


def made():
    """The line items of the templates: some days, some accounts, tags that come and go."""
    from decimal import Decimal

    for index, template in enumerate(TEMPLATES):
        code, name, family, usage_type, operation, unit, price, amount, region, resource, product = template
        for month in MONTHS:
            for turn in range(7):
                day = 1 + (number(f"{index}/{month}/{turn}") % 30)
                account = LINKED[number(f"{usage_type}/{turn}") % (2 + index % 4)]
                n = turn % 3
                arm = f"{index:02d}{account[-2:]}"
                quantity = Decimal(amount) * (1 + number(f"{index}{month}{turn}q") % 5) / (2 if month == "2026-09" else 1)
                cost = quantity * Decimal(price)
                start = f"{month}-{day:02d}T{turn:02d}:00:00Z"
                end = f"{month}-{day:02d}T{turn + 1:02d}:00:00Z"
                after = "2026-10-01" if month == "2026-09" else "2026-11-01"
                row = {
                    "identity_line_item_id": f"made{index:02d}{month[-2:]}{turn}",
                    "identity_time_interval": f"{start}/{end}",
                    "bill_bill_type": "Anniversary",
                    "bill_billing_entity": "AWS",
                    "bill_payer_account_id": PAYER,
                    "bill_billing_period_start_date": f"{month}-01T00:00:00Z",
                    "bill_billing_period_end_date": f"{after}T00:00:00Z",
                    "line_item_usage_account_id": account,
                    "line_item_line_item_type": "Usage",
                    "line_item_usage_start_date": start,
                    "line_item_usage_end_date": end,
                    "line_item_product_code": code,
                    "line_item_usage_type": usage_type,
                    "line_item_operation": operation,
                    "line_item_resource_id": resource and resource.format(a=arm, n=n, acc=account),
                    "line_item_usage_amount": decimal(quantity),
                    "line_item_currency_code": "USD",
                    "line_item_unblended_rate": price,
                    "line_item_unblended_cost": decimal(cost),
                    "line_item_net_unblended_cost": decimal(cost * Decimal("0.91")),
                    "line_item_blended_rate": price,
                    "line_item_blended_cost": decimal(cost),
                    "line_item_line_item_description": f"${price} per {unit} - {name} ({region})",
                    "line_item_legal_entity": "Amazon Web Services, Inc.",
                    "pricing_unit": unit,
                    "pricing_term": "OnDemand" if not usage_type.startswith("Spot") else None,
                    "pricing_currency": "USD",
                    "pricing_public_on_demand_cost": decimal(cost * Decimal("2.625")) if "Spot" in usage_type else decimal(cost),
                    "pricing_public_on_demand_rate": price,
                    "product_product_name": name,
                    "product_servicecode": code,
                    "product_product_family": family,
                    "product_region": region if index % 5 else None,
                    "product_region_code": region,
                    "product_usagetype": usage_type,
                    "product_operation": operation,
                    "resource_tags_user_team": TEAMS[number(f"t{index}{turn}") % len(TEAMS)],
                    "resource_tags_user_env": ENVS[number(f"e{index}{turn}") % len(ENVS)],
                    "cost_category_environment": ["Production", None, "Sandbox"][number(f"c{account}{turn}") % 3],
                }  # fmt: skip
                row |= {f"product_{key}": value for key, value in product.items()}
                yield month, {key: value for key, value in row.items() if value is not None}


def text_of(name, data_type):
    column = f'"{name}"'
    if data_type.startswith("TIMESTAMP"):
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
    if data_type.startswith("DECIMAL"):
        # Without the zeros at the end; the sample's amounts have ten places at most.
        return f"rtrim(rtrim(CAST({column} AS VARCHAR), '0'), '.')"
    if data_type.startswith("MAP"):
        pairs = f"list_transform(map_entries({column}), lambda e: e.key || '=' || replace(e.value, ',', ';'))"
        return f"nullif(array_to_string({pairs}, ','), '')"
    return f"CAST({column} AS VARCHAR)"


def main():
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    DATA.mkdir(exist_ok=True)
    extra = list(made())
    for name, table in (("legacy", "line_items"), ("cur2", "line_items"), ("focus", "focus")):
        for month in MONTHS:
            files = STORE / table / f"report={name}" / f"billing_period={month}" / "*.parquet"
            source = f"read_parquet('{files}', hive_partitioning = false)"
            types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
            hours = HOURS if name == "legacy" else HOURS[::2]
            listed = ", ".join(f"TIMESTAMPTZ '{hour}:00:00+00'" for hour in hours)
            if table == "focus":
                condition = f"chargeperiodstart IN ({listed}) OR chargeperiodend - chargeperiodstart > INTERVAL 2 HOUR"
                order = "chargeperiodstart, skumeter, resourceid, chargedescription, billedcost"
            else:
                condition = (
                    f"line_item_usage_start_date IN ({listed}) OR (line_item_line_item_type NOT IN ('Usage', 'DiscountedUsage',"
                    " 'SavingsPlanCoveredUsage', 'SavingsPlanNegation', 'SavingsPlanRecurringFee'))"
                )
                order = "line_item_usage_start_date, identity_line_item_id, line_item_resource_id"
            columns = [f"{text_of(key, value)} AS {key}" for key, value in types.items() if key not in DROPPED]
            rows = connection.execute(f"SELECT {', '.join(columns)} FROM {source} WHERE {condition} ORDER BY {order}")
            names = [column[0] for column in rows.description]
            records = [dict(zip(names, row)) for row in rows.fetchall()]
            if name == "legacy":
                records += [row for at, row in extra if at == month]
            used = sorted({key for record in records for key, value in record.items() if value is not None})
            definition = ", ".join(f'"{key}" VARCHAR' for key in used)
            connection.execute(f"CREATE OR REPLACE TABLE t ({definition})")
            marks = ", ".join("?" * len(used))
            connection.executemany(f"INSERT INTO t VALUES ({marks})", [[r.get(key) for key in used] for r in records])
            target = DATA / f"{name}-{month}.parquet"
            connection.execute(f"COPY t TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
            print(target.name, len(records), "rows", len(used), "columns")


main()
