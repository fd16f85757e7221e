//! Writes many pieces in few calls: a `write_all` for `write_vectored`.

use std::io::{Error, ErrorKind, IoSlice, Result, Write};

/// The number of pieces in one call. Systems accept up to 1024; the list is on the stack.
const BATCH: usize = 64;

/// Writes all pieces, none of which is empty.
pub(super) fn write_all<'a, W: Write + ?Sized>(sink: &mut W, mut pieces: impl Iterator<Item = &'a [u8]>) -> Result<()> {
    loop {
        let mut batch = [IoSlice::new(&[]); BATCH];
        let mut count = 0;
        for (place, piece) in batch.iter_mut().zip(pieces.by_ref()) {
            *place = IoSlice::new(piece);
            count += 1;
        }
        if count == 0 {
            return Ok(());
        }
        write_batch(sink, &mut batch[..count])?;
    }
}

fn write_batch<W: Write + ?Sized>(sink: &mut W, mut batch: &mut [IoSlice<'_>]) -> Result<()> {
    while !batch.is_empty() {
        match sink.write_vectored(batch) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            // `advance_slices` panics beyond the end, which only a wrong implementation of `Write` can cause.
            Ok(written) if written > batch.iter().map(|piece| piece.len()).sum() => {
                return Err(Error::other("a writer that claims to have written more than it was given"));
            }
            Ok(written) => IoSlice::advance_slices(&mut batch, written),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
