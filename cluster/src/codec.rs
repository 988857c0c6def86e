//! Plans as bytes.

use std::sync::Arc;

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use curtail_engine::{Functions, Scans};
use datafusion::{
    common::not_impl_err,
    error::{DataFusionError, Result},
    execution::TaskContext,
    logical_expr::{AggregateUDF, ScalarUDF, WindowUDF},
    physical_plan::ExecutionPlan,
};
use datafusion_proto::{
    physical_plan::{
        AsExecutionPlan, PhysicalExtensionCodec, PhysicalProtoConverterExtension,
        from_proto::parse_physical_expr, to_proto::serialize_physical_expr,
    },
    protobuf::{PhysicalExprNode, PhysicalPlanNode},
};
use prost::Message;

/// What follows is a scan of the engine's.
const SCAN: u8 = b's';
/// What follows is a node of Ballista's.
const NODE: u8 = b'n';

/// DataFusion's form of plans and Ballista's of its own nodes, with functions and scans as the engine tells them.
#[derive(Debug)]
pub(crate) struct Codec {
    functions: Functions,
    scans: Scans,
    nodes: BallistaPhysicalExtensionCodec,
}

impl Codec {
    /// For plans that `scans` make the scans of.
    pub(crate) fn new(scans: Scans) -> Self {
        Self {
            functions: Functions::new(),
            scans,
            nodes: BallistaPhysicalExtensionCodec::default(),
        }
    }

    /// A plan as bytes.
    pub(crate) fn encode(&self, plan: &Arc<dyn ExecutionPlan>) -> Result<Vec<u8>> {
        let node = PhysicalPlanNode::try_from_physical_plan(Arc::clone(plan), self)?;
        Ok(node.encode_to_vec())
    }

    /// The plan that the bytes tell.
    pub(crate) fn decode(
        &self,
        bytes: &[u8],
        context: &TaskContext,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        PhysicalPlanNode::try_decode(bytes)?.try_into_physical_plan(context, self)
    }
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (bytes.split_first(), inputs) {
            (Some((&NODE, bytes)), inputs) => {
                self.nodes.try_decode(bytes, inputs, context, converter)
            }
            (Some((&SCAN, bytes)), [input]) => {
                self.scans.from_bytes(bytes, input, &mut |bytes, schema| {
                    let node = PhysicalExprNode::decode(bytes);
                    let node = node.map_err(|error| DataFusionError::External(Box::new(error)))?;
                    parse_physical_expr(&node, context, schema, self)
                })
            }
            _ => not_impl_err!("a plan has an operator that is not known here"),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let scan = Scans::as_bytes(node.as_ref(), &mut |condition| {
            Ok(serialize_physical_expr(condition, self)?.encode_to_vec())
        })?;
        if let Some(scan) = scan {
            bytes.push(SCAN);
            bytes.extend(scan);
            return Ok(());
        }
        bytes.push(NODE);
        self.nodes.try_encode(node, bytes, converter)
    }

    fn try_decode_udf(&self, _: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.functions.scalar(bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        *bytes = self.functions.scalar_as_bytes(function)?;
        Ok(())
    }

    fn try_decode_udaf(&self, _: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.functions.aggregate(bytes)
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
        *bytes = self.functions.aggregate_as_bytes(function)?;
        Ok(())
    }

    fn try_decode_udwf(&self, _: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        self.functions.window(bytes)
    }

    fn try_encode_udwf(&self, function: &WindowUDF, bytes: &mut Vec<u8>) -> Result<()> {
        *bytes = self.functions.window_as_bytes(function)?;
        Ok(())
    }
}
