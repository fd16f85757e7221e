//! The opcodes around the parts of a tuple, list, dict or set.

use super::code::Code;
use super::global::Known;
use super::sink::Sink;
use crate::error::Result;
use crate::pickle::Protocol;
use crate::pickle::opcode::{
    ADDITEMS, APPEND, APPENDS, DICT, EMPTY_DICT, EMPTY_LIST, EMPTY_SET, EMPTY_TUPLE, LIST, MARK, REDUCE, SETITEM,
    SETITEMS, TUPLE, TUPLE1, TUPLE2, TUPLE3,
};

/// The number of items that are added at once, which keeps a reader's stack small. Python uses the same number.
pub(super) const BATCH: usize = 1000;

/// A group that is filled in batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    List,
    Dict,
    Set,
}

/// Returns the opcodes before and after the parts of a tuple of `count`.
pub(super) fn tuple_codes(protocol: Protocol, count: usize) -> (&'static [u8], &'static [u8]) {
    match count {
        0 if protocol >= Protocol::V1 => (&[], &[EMPTY_TUPLE]),
        1 if protocol >= Protocol::V2 => (&[], &[TUPLE1]),
        2 if protocol >= Protocol::V2 => (&[], &[TUPLE2]),
        3 if protocol >= Protocol::V2 => (&[], &[TUPLE3]),
        _ => (&[MARK], &[TUPLE]),
    }
}

/// Returns the opcodes before and after the pairs of a dict of `count`, if they are few.
pub(super) fn dict_codes(protocol: Protocol, count: usize) -> (&'static [u8], &'static [u8]) {
    match count {
        _ if protocol < Protocol::V1 => (&[MARK], &[DICT]),
        0 => (&[EMPTY_DICT], &[]),
        1 => (&[EMPTY_DICT], &[SETITEM]),
        _ => (&[EMPTY_DICT, MARK], &[SETITEMS]),
    }
}

/// The opcodes around the batches of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batches {
    /// Before the first item of a batch.
    pub open: Code,
    /// After each item.
    pub each: Code,
    /// After the last item of a batch.
    pub close: Code,
}

impl Sink<'_> {
    pub fn open_tuple(&mut self, count: usize) {
        self.put_slice(tuple_codes(self.protocol, count).0);
    }

    pub fn close_tuple(&mut self, count: usize) {
        self.put_slice(tuple_codes(self.protocol, count).1);
    }

    pub fn open_dict(&mut self, count: usize) {
        self.put_slice(dict_codes(self.protocol, count).0);
    }

    pub fn close_dict(&mut self, count: usize) {
        self.put_slice(dict_codes(self.protocol, count).1);
    }

    /// Begins an empty group, and returns the opcodes that add its `count` items.
    pub fn open_group(&mut self, group: Group, count: usize) -> Result<Batches> {
        let text = self.is_text();
        match group {
            Group::Set if self.protocol >= Protocol::V4 => self.put([EMPTY_SET]),
            Group::Set => {
                self.known(Known::Set)?;
                self.open_tuple(1);
                return self.open_group(Group::List, count);
            }
            Group::List if text => self.put([MARK, LIST]),
            Group::Dict if text => self.put([MARK, DICT]),
            Group::List => self.put([EMPTY_LIST]),
            Group::Dict => self.put([EMPTY_DICT]),
        }
        Ok(self.batches(group, count))
    }

    /// Returns the opcodes that add `count` items to a group that exists.
    pub fn batches(&self, group: Group, count: usize) -> Batches {
        let text = self.is_text();
        let (one, many) = match group {
            Group::List => (APPEND, APPENDS),
            Group::Dict => (SETITEM, SETITEMS),
            Group::Set => (ADDITEMS, ADDITEMS),
        };
        let code = |bytes: &[u8]| Code::new(bytes).unwrap_or_default();
        match count {
            _ if text => Batches { open: Code::EMPTY, each: code(&[one]), close: Code::EMPTY },
            1 if group != Group::Set => Batches { open: Code::EMPTY, each: Code::EMPTY, close: code(&[one]) },
            _ => Batches { open: code(&[MARK]), each: Code::EMPTY, close: code(&[many]) },
        }
    }

    pub fn close_group(&mut self, group: Group) {
        if group == Group::Set && self.protocol < Protocol::V4 {
            self.close_tuple(1);
            self.put([REDUCE]);
        }
    }
}
