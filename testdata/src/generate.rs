//! From options to objects: files in parallel, then what closes the month, then its manifest.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use parquet::errors::ParquetError;
use rayon::prelude::*;

use crate::calendar::Month;
use crate::columns::{
    Column, Scene, TagColumn, Type, cur2_columns, legacy_columns, merged_groups, tag_columns,
};
use crate::encode::{CsvWriter, Lines, Pack, ParquetWriter};
use crate::focus::{convert, focus_cell, focus_columns};
use crate::layout::{Layout, listed};
use crate::rows::{Chunk, Closing, MonthPlan, Row, Stream, UsageRun};
use crate::truth::{Ledger, Subject, Tally, Truth, build, line_item};
use crate::world::World;
use crate::{Compression, FocusFile, Format, GenerateError, Options, Output};

/// What was written.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Rows in data files.
    pub rows: u64,
    /// Data files.
    pub files: u64,
    /// Bytes of the data files.
    pub bytes: u64,
    /// Keys of the manifests that name current versions, oldest month first.
    pub manifests: Vec<String>,
    /// The exact totals, as in `truth.json`.
    pub truth: Truth,
}

/// Writes a report: each month's data files, then its manifest, and at last `truth.json` and `truth-<report>.json` at
/// the output's root. `progress` is told how many rows have been written so far, from several threads.
pub fn generate(
    options: &Options,
    output: &dyn Output,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Summary, GenerateError> {
    let world = World::new(options)?;
    let run = Run {
        options,
        world: &world,
        output,
        progress,
        done: AtomicU64::new(0),
    };
    let months = (0..world.months.len())
        .into_par_iter()
        .map(|index| run.month(index))
        .collect::<Result<Vec<_>, _>>()?;

    let mut summary = Totals::default();
    let mut tallies = Vec::new();
    for (month, written) in world.months.iter().zip(months) {
        summary.files += written.files;
        summary.bytes += written.bytes;
        summary.manifests.push(written.manifest);
        tallies.push((*month, written.tags, written.tally));
    }
    let rows = tallies.iter().map(|(_, _, tally)| tally.total.rows).sum();
    let subject = Subject {
        report: options.report_name(),
        format: options.format.as_str(),
        restated: options.restate,
        net_columns: run.has_net(),
    };
    let truth = build(&world, subject, tallies);
    let text = serde_json::to_vec_pretty(&truth).expect("truth has text");
    run.put(
        &format!("truth-{}.json", options.report_name()),
        text.clone(),
    )?;
    run.put("truth.json", text)?;
    Ok(Summary {
        rows,
        files: summary.files,
        bytes: summary.bytes,
        manifests: summary.manifests,
        truth,
    })
}

#[derive(Default)]
struct Totals {
    files: u64,
    bytes: u64,
    manifests: Vec<String>,
}

struct Run<'a> {
    options: &'a Options,
    world: &'a World,
    output: &'a dyn Output,
    progress: &'a (dyn Fn(u64) + Sync),
    done: AtomicU64,
}

/// What a month has become.
struct Written {
    files: u64,
    bytes: u64,
    manifest: String,
    tags: Vec<TagColumn>,
    tally: Tally,
}

/// What a data file has become.
struct Part {
    bytes: u64,
    tally: Tally,
    spent: Vec<[i128; 2]>,
}

/// What all files of a month need.
struct Context<'a> {
    plan: MonthPlan,
    layout: Layout<'a>,
    columns: Vec<Column>,
    merged: Vec<Vec<u16>>,
}

impl Run<'_> {
    /// Whether rows have net columns: CUR 2.0 always has, if empty.
    fn has_net(&self) -> bool {
        match self.options.format {
            Format::LegacyCsv | Format::LegacyParquet => self.world.discount.is_some(),
            Format::Cur2Csv | Format::Cur2Parquet => true,
            Format::Focus => false,
        }
    }

    fn put(&self, key: &str, body: Vec<u8>) -> Result<(), GenerateError> {
        self.output
            .put(key, body)
            .map_err(|source| GenerateError::Output {
                key: key.to_owned(),
                source,
            })
    }

    fn month(&self, index: usize) -> Result<Written, GenerateError> {
        let (options, world) = (self.options, self.world);
        let month: Month = world.months[index];
        let context = Context {
            plan: MonthPlan::new(world, index),
            layout: Layout::new(options, month),
            columns: self.columns(index),
            merged: if options.format == Format::Focus {
                Vec::new()
            } else {
                merged_groups(world, index)
            },
        };
        let chunks = context.plan.chunks(world, options.rows_per_file);
        // The closing file is the first by number and the last to be made. In a restated month it also has the last
        // chunk of usage, so that there are fewer files.
        let (closing, usage) = if world.restate {
            (chunks.last().copied(), &chunks[..chunks.len() - 1])
        } else {
            (None, &chunks[..])
        };
        let parts = usage
            .par_iter()
            .enumerate()
            .map(|(number, &chunk)| self.file(&context, number + 2, Some(chunk), None))
            .collect::<Result<Vec<_>, _>>()?;

        let mut spent = vec![[0; 2]; world.accounts.len()];
        let (mut tally, mut bytes) = (Tally::default(), 0);
        for part in parts {
            add(&mut spent, &part.spent);
            tally.merge(part.tally);
            bytes += part.bytes;
        }
        let last = self.file(&context, 1, closing, Some(spent))?;
        tally.merge(last.tally);
        bytes += last.bytes;

        let data: Vec<String> = (1..=usage.len() + 1)
            .map(|number| context.layout.data_key(number))
            .collect();
        for helper in context.layout.helpers(&context.columns, &data) {
            self.put(&helper.key, helper.body.into_bytes())?;
        }
        if let Some(key) = context.layout.status_key() {
            let body = status_file().map_err(|source| GenerateError::Parquet {
                key: key.clone(),
                source,
            })?;
            self.put(&key, body)?;
        }
        let payer = &world.accounts[world.payer as usize].id;
        let manifest = context
            .layout
            .manifest(payer, &self.listed(&context), &data);
        let keys = context.layout.manifest_keys();
        for key in &keys {
            self.put(key, manifest.clone().into_bytes())?;
        }
        Ok(Written {
            files: data.len() as u64,
            bytes,
            manifest: keys.last().cloned().unwrap_or_default(),
            tags: tag_columns(world, index, options.format),
            tally,
        })
    }

    fn columns(&self, month: usize) -> Vec<Column> {
        match self.options.format {
            Format::LegacyCsv => legacy_columns(self.world, month),
            Format::LegacyParquet => {
                // Columns whose names are equal are one column there.
                let mut seen = HashSet::new();
                let mut columns = legacy_columns(self.world, month);
                columns.retain(|column| seen.insert(column.name.clone()));
                columns
            }
            Format::Cur2Csv | Format::Cur2Parquet => cur2_columns(self.world),
            Format::Focus => Vec::new(),
        }
    }

    fn listed(&self, context: &Context<'_>) -> Vec<(String, String, Type)> {
        match self.options.format {
            Format::Focus => focus_columns(self.options.focus_version)
                .into_iter()
                .map(|(name, kind)| (name.to_owned(), name.to_owned(), kind))
                .collect(),
            _ => listed(&context.columns),
        }
    }

    /// Writes the data file of a number: usage, or what closes the month given what was spent on usage, or both.
    fn file(
        &self,
        context: &Context<'_>,
        number: usize,
        chunk: Option<Chunk>,
        closing: Option<Vec<[i128; 2]>>,
    ) -> Result<Part, GenerateError> {
        let world = self.world;
        let plan = &context.plan;
        let key = context.layout.data_key(number);
        let parquet = |source| GenerateError::Parquet {
            key: key.clone(),
            source,
        };
        let scene = Scene::new(world, plan.index);
        // One position more: for rows that belong to no slot.
        let streams = *world.before.last().expect("one longer than the slots") as usize + 1;
        let streams = if chunk.is_some() { streams } else { 0 };
        let mut ledger = Ledger::new(
            plan.month.start,
            plan.month.days(),
            streams,
            &context.merged,
        );
        let mut file =
            File::new(self.options, context, &scene, number, streams).map_err(parquet)?;
        let mut failure = None;
        let mut counted = 0;
        let mut spent = vec![[0; 2]; world.accounts.len()];
        {
            let mut sink = |row: &Row<'_>, stream: Option<Stream>| {
                if failure.is_some() {
                    return;
                }
                match file.row(row, stream, &mut ledger) {
                    Ok(rows) => counted += rows,
                    Err(error) => failure = Some(error),
                }
                if counted >= 10_000 {
                    (self.progress)(self.done.fetch_add(counted, Ordering::Relaxed) + counted);
                    counted = 0;
                }
            };
            if let Some(chunk) = chunk {
                let mut usage = UsageRun::new(world, plan);
                usage.run(chunk, &mut |row, stream| sink(row, Some(stream)));
                spent = usage.spent;
            }
            if let Some(mut before) = closing {
                add(&mut before, &spent);
                Closing::new(world, plan, &before).run(&mut |row| sink(row, None));
            }
        }
        if let Some(error) = failure {
            return Err(parquet(error));
        }
        (self.progress)(self.done.fetch_add(counted, Ordering::Relaxed) + counted);
        let body = file.finish().map_err(parquet)?;
        let bytes = body.len() as u64;
        self.put(&key, body)?;
        Ok(Part {
            bytes,
            tally: ledger.finish(),
            spent,
        })
    }
}

fn add(sum: &mut [[i128; 2]], more: &[[i128; 2]]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        sum[0] += more[0];
        sum[1] += more[1];
    }
}

/// A data file of any format in the making.
enum File<'a> {
    Lines {
        lines: Lines<'a>,
        has_net: bool,
    },
    Table {
        writer: ParquetWriter,
        scene: &'a Scene<'a>,
        merged: Vec<Vec<u16>>,
        columns: &'a [Column],
        has_net: bool,
    },
    Charges {
        writer: Charges,
        scene: &'a Scene<'a>,
        columns: Vec<(&'static str, Type)>,
    },
}

enum Charges {
    Csv(CsvWriter),
    Parquet(ParquetWriter),
}

impl<'a> File<'a> {
    fn new(
        options: &Options,
        context: &'a Context<'_>,
        scene: &'a Scene<'a>,
        number: usize,
        streams: usize,
    ) -> Result<Self, ParquetError> {
        let name = context.layout.file_name(number);
        let plain_name = name.strip_suffix(".zip").unwrap_or(&name);
        let has_net = scene.world.discount.is_some()
            || matches!(options.format, Format::Cur2Csv | Format::Cur2Parquet);
        let columns = &context.columns;
        let headers = columns.iter().map(|column| column.header.as_str());
        Ok(match options.format {
            Format::LegacyCsv => {
                let writer =
                    CsvWriter::new(headers, Pack::new(options.compression, plain_name), false);
                Self::Lines {
                    lines: Lines::new(writer, columns, scene, streams),
                    has_net,
                }
            }
            Format::Cur2Csv => {
                let writer =
                    CsvWriter::new(headers, Pack::new(Compression::Gzip, plain_name), true);
                Self::Lines {
                    lines: Lines::new(writer, columns, scene, streams),
                    has_net,
                }
            }
            Format::LegacyParquet | Format::Cur2Parquet => Self::Table {
                writer: ParquetWriter::new(
                    columns
                        .iter()
                        .map(|column| (column.name.as_str(), column.field.kind())),
                )?,
                scene,
                merged: if options.format == Format::LegacyParquet {
                    context.merged.clone()
                } else {
                    Vec::new()
                },
                columns,
                has_net,
            },
            Format::Focus => {
                let columns = focus_columns(options.focus_version);
                let writer = match options.focus_file {
                    FocusFile::Csv => {
                        let headers = columns.iter().map(|&(name, _)| name);
                        Charges::Csv(CsvWriter::new(
                            headers,
                            Pack::new(Compression::Gzip, plain_name),
                            false,
                        ))
                    }
                    FocusFile::Parquet => {
                        Charges::Parquet(ParquetWriter::new(columns.iter().copied())?)
                    }
                };
                Self::Charges {
                    writer,
                    scene,
                    columns,
                }
            }
        })
    }

    /// Writes what a line item is in this format, and counts it. How many rows that were.
    fn row(
        &mut self,
        row: &Row<'_>,
        stream: Option<Stream>,
        ledger: &mut Ledger<'_>,
    ) -> Result<u64, ParquetError> {
        match self {
            Self::Lines { lines, has_net } => {
                lines.row(row, stream);
                ledger.add(row, &line_item(row, *has_net), stream);
                Ok(1)
            }
            Self::Table {
                writer,
                scene,
                merged,
                columns,
                has_net,
            } => {
                writer.row(|index| scene.merged_cell(columns[index].field, row, merged))?;
                ledger.add(row, &line_item(row, *has_net), stream);
                Ok(1)
            }
            Self::Charges {
                writer,
                scene,
                columns,
            } => {
                let mut count = 0;
                for charge in convert(row).into_iter().flatten() {
                    let cell = |index: usize| focus_cell(scene, columns[index].0, &charge);
                    match writer {
                        Charges::Csv(writer) => writer.row(columns.len(), cell),
                        Charges::Parquet(writer) => writer.row(cell)?,
                    }
                    ledger.add(row, &charge.facts(), stream);
                    count += 1;
                }
                Ok(count)
            }
        }
    }

    fn finish(self) -> Result<Vec<u8>, ParquetError> {
        match self {
            Self::Lines { lines, .. } => Ok(lines.finish()),
            Self::Charges {
                writer: Charges::Csv(writer),
                ..
            } => Ok(writer.finish()),
            Self::Table { writer, .. }
            | Self::Charges {
                writer: Charges::Parquet(writer),
                ..
            } => writer.finish(),
        }
    }
}

/// The table with which Athena's integration says that a report may be read.
fn status_file() -> Result<Vec<u8>, ParquetError> {
    let mut writer = ParquetWriter::new(std::iter::once(("status", Type::Text)))?;
    writer.row(|_| crate::columns::Cell::Text("READY"))?;
    writer.finish()
}
