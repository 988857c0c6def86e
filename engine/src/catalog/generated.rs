//! Tags that AWS itself gives resources and split costs. A report has their columns only if some line item has a value; queries name them
//! anyway, so `cur` always has them.

use std::sync::Arc;

use curtail_store::Table;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema};

/// Columns of tags that AWS documents.
const TAGS: [&str; 16] = [
    "resource_tags_aws_autoscaling_group_name",
    "resource_tags_aws_batch_compute_environment",
    "resource_tags_aws_batch_job_definition",
    "resource_tags_aws_batch_job_queue",
    "resource_tags_aws_cloudformation_logical_id",
    "resource_tags_aws_cloudformation_stack_id",
    "resource_tags_aws_cloudformation_stack_name",
    "resource_tags_aws_created_by",
    "resource_tags_aws_ecs_cluster_name",
    "resource_tags_aws_ecs_service_name",
    "resource_tags_aws_eks_cluster_name",
    "resource_tags_aws_eks_deployment",
    "resource_tags_aws_eks_namespace",
    "resource_tags_aws_eks_node",
    "resource_tags_aws_eks_workload_name",
    "resource_tags_aws_eks_workload_type",
];

/// All of them of a table.
pub(super) fn names(table: Table) -> &'static [&'static str] {
    match table {
        Table::LineItems => &TAGS,
        Table::Focus => &[],
    }
}

/// Those that `columns` lack.
pub(super) fn lacking(table: Table, columns: &Schema) -> Vec<FieldRef> {
    let names = names(table).iter();
    let names = names.filter(|name| columns.column_with_name(name).is_none());
    names
        .map(|name| Arc::new(Field::new(*name, DataType::Utf8, true)))
        .collect()
}
