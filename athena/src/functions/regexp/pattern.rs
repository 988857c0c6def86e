//! Patterns, compiled once.

use std::{
    cell::{OnceCell, Ref, RefCell},
    ops::Range,
    rc::Rc,
};

use datafusion::{
    common::{exec_datafusion_err, exec_err},
    error::Result,
    logical_expr::ColumnarValue,
};
use hashbrown::HashMap;

use super::java::{self, Translation};
use crate::functions::text::plain::Texts;

/// So many patterns are kept per thread; when there are more, all are forgotten.
const KEPT: usize = 256;

thread_local! {
    /// Queries come in batches, and each asks for the same patterns. Kept per thread, a pattern's scratch space is never waited for.
    static COMPILED: RefCell<HashMap<String, Rc<Pattern>>> = RefCell::new(HashMap::new());
}

/// The pattern of each row.
pub(super) struct Patterns<'a> {
    texts: Texts<'a>,
    last: Option<(String, Rc<Pattern>)>,
}

impl<'a> Patterns<'a> {
    pub(super) fn of(argument: &'a ColumnarValue, rows: usize) -> Result<Self> {
        Ok(Self {
            texts: Texts::of(argument, rows)?,
            last: None,
        })
    }

    pub(super) fn get(&mut self, row: usize) -> Result<Option<Rc<Pattern>>> {
        let Some(text) = self.texts.get(row) else {
            return Ok(None);
        };
        match &self.last {
            Some((last, pattern)) if last == text => Ok(Some(Rc::clone(pattern))),
            _ => {
                let pattern = compiled(text)?;
                self.last = Some((text.to_owned(), Rc::clone(&pattern)));
                Ok(Some(pattern))
            }
        }
    }
}

fn compiled(text: &str) -> Result<Rc<Pattern>> {
    COMPILED.with_borrow_mut(|known| {
        if let Some(pattern) = known.get(text) {
            return Ok(Rc::clone(pattern));
        }
        let pattern = Rc::new(Pattern::compile(text)?);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(text.to_owned(), Rc::clone(&pattern));
        Ok(pattern)
    })
}

/// A compiled pattern, which stays on its thread.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    engine: Engine,
    has_end: bool,
    /// What `$` means to Java in text that ends with a newline: the place before it, too. Looking ahead is slow, so that
    /// only such text is searched this way.
    before_newline: OnceCell<Option<Engine>>,
}

#[derive(Debug)]
enum Engine {
    /// In time linear in the text's length; with room for the places of groups.
    Linear(regex::Regex, RefCell<regex::CaptureLocations>),
    /// For what looks around or refers back: it tries, within bounds.
    Backtracking(fancy_regex::Regex),
}

impl Engine {
    fn compile(text: &str, translation: &Translation) -> Result<Self> {
        let rejected = |why: &dyn std::fmt::Display| {
            exec_datafusion_err!("the regular expression {text:?} is not understood: {why}")
        };
        let pattern = &translation.pattern;
        if translation.backtracks {
            let regex = fancy_regex::Regex::new(pattern).map_err(|why| rejected(&why))?;
            return Ok(Self::Backtracking(regex));
        }
        let regex = regex::Regex::new(pattern).map_err(|why| rejected(&why))?;
        let places = RefCell::new(regex.capture_locations());
        Ok(Self::Linear(regex, places))
    }
}

/// The places of a match and of one of its groups, if that took part.
pub(super) struct Found {
    pub(super) whole: Range<usize>,
    pub(super) group: Option<Range<usize>>,
}

/// The places of a match's groups.
pub(super) enum Groups<'t> {
    Linear(Ref<'t, regex::CaptureLocations>),
    Backtracking(fancy_regex::Captures<'t, str>),
}

impl Groups<'_> {
    pub(super) fn get(&self, group: usize) -> Option<Range<usize>> {
        match self {
            Self::Linear(places) => places.get(group).map(|(start, end)| start..end),
            Self::Backtracking(groups) => groups.get(group).map(|found| found.range()),
        }
    }

    pub(super) fn whole(&self) -> Range<usize> {
        self.get(0).unwrap_or_default()
    }
}

impl Pattern {
    pub(super) fn compile(text: &str) -> Result<Self> {
        let translation = java::translate(text, false)?;
        Ok(Self {
            text: text.to_owned(),
            engine: Engine::compile(text, &translation)?,
            has_end: translation.has_end,
            before_newline: OnceCell::new(),
        })
    }

    fn engine(&self, text: &str) -> &Engine {
        if !self.has_end || !text.ends_with('\n') {
            return &self.engine;
        }
        let other = self.before_newline.get_or_init(|| {
            let translation = java::translate(&self.text, true).ok()?;
            Engine::compile(&self.text, &translation).ok()
        });
        other.as_ref().unwrap_or(&self.engine)
    }

    fn tried(&self, why: &fancy_regex::Error) -> datafusion::error::DataFusionError {
        exec_datafusion_err!(
            "the regular expression {:?} takes too many steps: {why}; without look-around, back references and possessive quantifiers there is no limit",
            self.text
        )
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool> {
        match self.engine(text) {
            Engine::Linear(regex, _) => Ok(regex.is_match(text)),
            Engine::Backtracking(regex) => regex.is_match(text).map_err(|why| self.tried(&why)),
        }
    }

    /// The first match that begins at a byte or later.
    pub(super) fn find(&self, text: &str, from: usize) -> Result<Option<Range<usize>>> {
        match self.engine(text) {
            Engine::Linear(regex, _) => Ok(regex.find_at(text, from).map(|found| found.range())),
            Engine::Backtracking(regex) => regex
                .find_from_pos(text, from)
                .map(|found| found.map(|found| found.range()))
                .map_err(|why| self.tried(&why)),
        }
    }

    /// The places of its groups, which must be let go before the next search.
    pub(super) fn captures<'t>(&'t self, text: &'t str, from: usize) -> Result<Option<Groups<'t>>> {
        match self.engine(text) {
            Engine::Linear(regex, places) => {
                let found = regex.captures_read_at(&mut places.borrow_mut(), text, from);
                Ok(found.map(|_| Groups::Linear(places.borrow())))
            }
            Engine::Backtracking(regex) => regex
                .captures_from_pos(text, from)
                .map(|groups| groups.map(Groups::Backtracking))
                .map_err(|why| self.tried(&why)),
        }
    }

    /// The first match that begins at a byte or later, with one of its groups.
    pub(super) fn find_group(
        &self,
        text: &str,
        from: usize,
        group: usize,
    ) -> Result<Option<Found>> {
        if group == 0 {
            let found = self.find(text, from)?;
            return Ok(found.map(|whole| Found {
                group: Some(whole.clone()),
                whole,
            }));
        }
        let groups = self.captures(text, from)?;
        Ok(groups.map(|groups| Found {
            whole: groups.whole(),
            group: groups.get(group),
        }))
    }

    /// How many groups it has, the whole match aside.
    pub(super) fn groups(&self) -> usize {
        match &self.engine {
            Engine::Linear(regex, _) => regex.captures_len() - 1,
            Engine::Backtracking(regex) => regex.captures_len() - 1,
        }
    }

    /// The number of a named group.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        match &self.engine {
            Engine::Linear(regex, _) => regex.capture_names().position(|known| known == Some(name)),
            Engine::Backtracking(regex) => {
                regex.capture_names().position(|known| known == Some(name))
            }
        }
    }

    /// A group's number, if there is such a group.
    pub(super) fn group(&self, function: &str, group: i64) -> Result<usize> {
        let groups = self.groups();
        match usize::try_from(group) {
            Ok(group) if group <= groups => Ok(group),
            Ok(_) => exec_err!(
                "{function}: the pattern {:?} has {groups} groups, there is no group {group}",
                self.text
            ),
            Err(_) => exec_err!("{function}: the group cannot be negative: {group}"),
        }
    }
}
