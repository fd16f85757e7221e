//! Tuples, lists, sets and dicts.

use super::row::{Row, close};
use super::{Direct, target};
use crate::pickle::opcode as op;
use crate::protocol::layout::stride;
use crate::schema::{Link, Schema};

/// Writers of pickles add so many items at once, and begin anew only where these were full.
pub(super) const BATCH: usize = 1000;

/// Further types of items have no quick way, so that finding one stays cheap.
const MOST_ROWS: usize = 64;

/// The opcodes of a group.
#[derive(Clone, Copy)]
pub(super) struct Codes {
    /// The group without items.
    pub empty: u8,
    /// What adds those behind a mark.
    pub add: u8,
    /// What adds a single one.
    pub add_one: Option<u8>,
}

impl Codes {
    pub const LIST: Self = Self { empty: op::EMPTY_LIST, add: op::APPENDS, add_one: Some(op::APPEND) };
    pub const SET: Self = Self { empty: op::EMPTY_SET, add: op::ADDITEMS, add_one: None };
    pub const DICT: Self = Self { empty: op::EMPTY_DICT, add: op::SETITEMS, add_one: Some(op::SETITEM) };
}

impl Direct<'_> {
    /// The parts of a tuple, as many as there are, between what opens and closes it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn in_tuple(&mut self, count: usize, parts: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        if count == 0 {
            self.take(op::EMPTY_TUPLE)?;
            return parts(self);
        }
        let marked = count > 3;
        if marked {
            self.take(op::MARK)?;
        }
        parts(self)?;
        let start = self.at;
        self.take(close(count))?;
        self.put(start)
    }

    pub(super) fn tuple(&mut self, items: &[Link], at: usize) -> Option<()> {
        self.in_tuple(items.len(), |this| {
            let mut at = at;
            for &item in items {
                let item = target(item);
                this.node(item, at)?;
                at += item.head;
            }
            Some(())
        })
    }

    /// A list or set.
    pub(super) fn group(&mut self, at: usize, element: &'static Schema, codes: Codes) -> Option<()> {
        let row = self.row_of(&[element]);
        self.items(at, codes, (row, stride(element.head)), |this, place| this.node(element, place))
    }

    pub(super) fn map(&mut self, (key, value): (&'static Schema, &'static Schema), at: usize) -> Option<()> {
        let size = stride(key.head.checked_add(value.head)?);
        let row = self.row_of(&[key, value]);
        self.items(at, Codes::DICT, (row, size), |this, place| {
            this.node(key, place)?;
            this.node(value, place + key.head)
        })
    }

    /// The items of a group, in batches behind a mark or one by one.
    fn items(
        &mut self,
        at: usize,
        codes: Codes,
        (row, size): (usize, usize),
        item: impl Fn(&mut Self, usize) -> Option<()>,
    ) -> Option<()> {
        let opened = self.at;
        self.take(codes.empty)?;
        self.put(opened)?;
        let (start, base) = (self.heads.len(), self.stack.len());
        let mut count = 0;
        while count % BATCH == 0 {
            let code = self.peek()?;
            let place = self.place();
            let added = match code {
                op::MARK => {
                    self.at += 1;
                    self.batch(codes.add, (row, size), &item)
                }
                code if closes(code) => None,
                _ => codes.add_one.and_then(|add| {
                    self.stack.resize(self.stack.len() + size, 0);
                    item(self, self.stack.len() - size)?;
                    self.take(add).map(|()| 1)
                }),
            };
            match added {
                Some(added) => count += added,
                // It was not one of these items, but what follows the group.
                None => {
                    self.back(&place)?;
                    break;
                }
            }
        }
        self.length(at, count)?;
        self.settle(start, base);
        Some(())
    }

    /// Items up to what adds them; how many.
    fn batch(
        &mut self,
        add: u8,
        (row, size): (usize, usize),
        item: &impl Fn(&mut Self, usize) -> Option<()>,
    ) -> Option<usize> {
        let mut count = 0;
        loop {
            count += self.quick(row, add);
            if self.peek()? == add {
                break;
            }
            let at = self.stack.len();
            self.stack.resize(at + size, 0);
            item(self, at)?;
            count += 1;
        }
        self.at += 1;
        // More or fewer than a batch are good, but nothing may follow those that are not a full one.
        (count != 0).then_some(count)
    }

    /// The number of the row of such items.
    fn row_of(&mut self, parts: &[&'static Schema]) -> usize {
        let item =
            (core::ptr::from_ref(parts[0]), parts.get(1).map_or(core::ptr::null(), |part| core::ptr::from_ref(*part)));
        if let Some(row) = self.rows.iter().position(|row| row.item == item) {
            return row;
        }
        if self.rows.len() < MOST_ROWS {
            self.rows.push(Row::new(item, parts));
            return self.rows.len() - 1;
        }
        MOST_ROWS
    }
}

/// Whether an opcode only closes something, or is the end.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn closes(code: u8) -> bool {
    matches!(
        code,
        op::STOP | op::TUPLE | op::TUPLE1
            ..=op::TUPLE3 | op::BUILD | op::APPENDS | op::APPEND | op::SETITEMS | op::SETITEM | op::ADDITEMS
    )
}
