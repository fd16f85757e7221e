//! Numbered references: objects, and what leads to them.

use alloc::format;
use alloc::string::String;
use core::mem::take;

use super::Read;
use crate::error::{Error, ErrorKind, Result};
use crate::places::Table;
use crate::protocol::decode::Regions;
use crate::protocol::layout::RECORD;
use crate::schema::{Kind, Schema, root_name_in};
use crate::sharing::walked::Objects;
use crate::sharing::{Number, Numbered, Record};
use crate::walk::Encoder;

impl<'a, E: Encoder + ?Sized> Read<'a, '_, E> {
    /// Walks the whole image. Returns the paths to the wanted objects.
    pub fn paths(
        mut self,
        schema: &'a Schema,
        head: &'a [u8],
        levels: u32,
        wanted: Table<String>,
    ) -> Result<Table<String>> {
        self.wanted = Some(wanted);
        self.whole(schema, head, levels)?;
        let mut wanted = self.wanted.take().unwrap_or_default();
        let root = root_name_in(self.nodes, schema);
        for path in wanted.values_mut() {
            *path = Error::new(ErrorKind::Malformed, "", "").at(take(path)).within(root).path().into();
        }
        Ok(wanted)
    }

    /// Walks the whole image. Returns where numbered objects begin.
    pub fn objects(mut self, schema: &'a Schema, head: &'a [u8], levels: u32) -> Result<Objects<'a>> {
        self.objects = Some(Objects::default());
        self.whole(schema, head, levels)?;
        Ok(self.objects.unwrap_or_default())
    }

    /// Reads the record of a pointer. Returns whether its value follows.
    #[cold]
    pub(super) fn pointer(&mut self, schema: &'a Schema, head: &'a [u8]) -> Result<bool> {
        let (Some(key), Some(met)) = (schema.shared, &mut self.met) else { return Ok(true) };
        let is_weak = matches!(schema.kind, Kind::Weak(_));
        let bytes = if is_weak { head } else { self.tail.get(..RECORD).unwrap_or(self.tail) };
        let record = Record::read(bytes)
            .filter(|&record| if is_weak { met.fits_weak(record, key.class()) } else { met.fits(record, key.class()) });
        let Some(record) = record else {
            let found = format!("{bytes:02x?}");
            return self.malformed("a reference to an object of this type that has begun, or a new one", found, bytes);
        };
        if !is_weak {
            self.tail = &self.tail[RECORD..];
        }
        match record {
            Record::Own if is_weak => self.encoder.none(),
            Record::Own => return Ok(true),
            Record::New(number) => {
                if let Some(objects) = &mut self.objects {
                    let (tail, text, raw) = (self.tail, self.text, self.raw.rest());
                    objects.add(number, Regions { head, tail, text, raw, numbered: Some(Numbered::ANY) });
                }
                if self.wanted.as_ref().is_some_and(|wanted| wanted.has(number.key())) {
                    self.note_path(number);
                }
                self.encoder.object(number);
                return Ok(true);
            }
            Record::Back(_) if !is_weak && head.iter().any(|&byte| byte != 0) => {
                return self.malformed("zeros beside a reference to an object before", "other bytes", head);
            }
            Record::Back(number) => self.encoder.reference(number),
        }
        Ok(false)
    }

    #[cold]
    fn note_path(&mut self, number: Number) {
        let here = self.within(Error::new(ErrorKind::Malformed, "", ""));
        if let Some(path) = self.wanted.as_mut().and_then(|wanted| wanted.get_mut(number.key())) {
            *path = here.path().into();
        }
    }
}
