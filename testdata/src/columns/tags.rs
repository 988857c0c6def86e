//! Tag keys as columns and as map keys, where different keys may share one name.

use std::collections::BTreeMap;

use super::names::athena_name;
use crate::Format;
use crate::world::World;

/// A tag as a store shows it.
#[derive(Debug, Clone)]
pub(crate) struct TagColumn {
    pub(crate) name: String,
    pub(crate) source: String,
    /// The tag key; of a merged column the first.
    pub(crate) key: u16,
    /// Whether the first value of several keys stands in it.
    pub(crate) merged: bool,
}

/// The key of a tag in CUR 2.0's map: `user_cost_center`.
pub(crate) fn map_key(key: &str) -> String {
    athena_name(key)
}

/// The existing tag keys of a month by their mapped name.
fn groups(world: &World, month: usize) -> BTreeMap<String, Vec<u16>> {
    let mut groups: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for index in (0..world.tags.len()).filter(|&index| world.tag_exists(index, month)) {
        groups
            .entry(athena_name(&format!(
                "resourceTags/{}",
                world.tags[index].key
            )))
            .or_default()
            .push(index as u16);
    }
    groups
}

/// Tag keys of a month that share a name, each group in column order.
pub(crate) fn merged_groups(world: &World, month: usize) -> Vec<Vec<u16>> {
    groups(world, month)
        .into_values()
        .filter(|group| group.len() > 1)
        .collect()
}

/// How the month's tags appear in a store: the first of several keys that share a name has it, filled with the first
/// value of all; in CSV each later one also has a column of its own.
pub(crate) fn tag_columns(world: &World, month: usize, format: Format) -> Vec<TagColumn> {
    if format == Format::Focus {
        return (0..world.tags.len())
            .filter(|&index| world.tag_exists(index, month))
            .map(|index| {
                let source = world.tags[index].key.clone();
                TagColumn {
                    name: focus_key(&source).to_owned(),
                    source,
                    key: index as u16,
                    merged: false,
                }
            })
            .collect();
    }
    let mut columns = Vec::new();
    for (name, group) in groups(world, month) {
        let source = |key: u16| world.tags[usize::from(key)].key.clone();
        columns.push(TagColumn {
            name: name.clone(),
            source: source(group[0]),
            key: group[0],
            merged: group.len() > 1,
        });
        if format == Format::LegacyCsv {
            columns.extend(
                group[1..]
                    .iter()
                    .enumerate()
                    .map(|(index, &key)| TagColumn {
                        name: format!("{name}_{}", index + 2),
                        source: source(key),
                        key,
                        merged: false,
                    }),
            );
        }
    }
    columns
}

/// The key of a tag in a FOCUS export: bare, but for those of AWS.
pub(crate) fn focus_key(key: &str) -> &str {
    key.strip_prefix("user:").unwrap_or(key)
}
