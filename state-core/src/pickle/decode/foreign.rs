//! Files that are often mistaken for pickles: what they are, and how to get at the pickle in them.
//!
//! They are considered only after reading has failed, so that no pickle is mistaken for one.

use alloc::format;

use super::scan::unknown;
use crate::error::{Error, ErrorKind};

const ZIP: &str =
    "a zip archive: of one that torch.save wrote, read its member data.pkl; numpy.savez puts arrays in one";
const ZLIB: &str = "data compressed by zlib (as joblib writes it): decompress it first";

/// The first bytes of such files.
const STARTS: [(&[u8], &str); 19] = [
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", "a zip archive without members"),
    (b"\x1f\x8b", "data compressed by gzip: decompress it first"),
    (b"BZh", "data compressed by bzip2: decompress it first"),
    (b"\xfd7zXZ\0", "data compressed by xz: decompress it first"),
    (b"]\0\0", "data compressed by lzma: decompress it first"),
    (b"(\xb5/\xfd", "data compressed by zstd: decompress it first"),
    (b"\x04\"M\x18", "data compressed by lz4: decompress it first"),
    (b"\x78\x01", ZLIB),
    (b"\x78\x5e", ZLIB),
    (b"\x78\x9c", ZLIB),
    (b"\x78\xda", ZLIB),
    (b"\x93NUMPY", "an array in NumPy's own format: numpy.load reads it"),
    (b"\x89HDF\r\n", "an HDF5 file, as pandas and Keras write"),
    (b"version https://git-lfs", "a pointer of Git LFS to the file: `git lfs pull` fetches it"),
    (b"\xef\xbf\xbd", "bytes that were read as text, which loses some: open the file as binary where it is written"),
    (b"\xef\xbb\xbf", "text that begins with a byte order mark"),
    (b"\xd7STA", "a native state: `state_core::loads` and `Inspection` read it"),
    (b"\xd7STS", "a stream of native states: `image::stream::StreamReader` reads it"),
];

/// The opcodes that can begin a pickle.
const BEGINS: &[u8] = b"\x80\x95(NIJKMLGFSTUVXBCPc])}\x82\x83\x84\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x96\x97";

/// The class that joblib uses for an array in its pickles; the array's bytes follow among the opcodes.
const JOBLIB: &[u8] = b"NumpyArrayWrapper";

/// Returns the error of reading these bytes, or one that says what they are instead of a pickle.
#[cold]
pub(super) fn explain(input: &[u8], error: Error) -> Error {
    // The hint on what to do follows a colon.
    let is_no_pickle = |what: &'static str| {
        let (found, hint) = what.split_once(": ").unwrap_or((what, ""));
        Error::new(ErrorKind::NotState, "a pickle", found).at_byte(0).with_hint(hint)
    };
    if let Some((_, what)) = STARTS.iter().find(|(start, _)| input.starts_with(start)) {
        return is_no_pickle(what);
    }
    let Some(offset) = error.offset() else { return error };
    // An opcode that cannot begin a pickle is reported like a byte that is no opcode.
    if let (0, Some(&first)) = (offset, input.first().filter(|first| !BEGINS.contains(first))) {
        return unknown(first, 0);
    }
    if input.get(..offset).unwrap_or_default().windows(JOBLIB.len()).any(|bytes| bytes == JOBLIB) {
        let what = "the bytes of an array, which joblib.dump puts between opcodes: \
                    joblib.load reads them, and pickle.dump writes a pickle";
        return Error::new(error.kind(), "an opcode", what).at_byte(offset);
    }
    error
}

/// Returns the error of reading a pickle as a type, and mentions it if another pickle follows.
#[cold]
pub(super) fn followed(input: &[u8], len: usize, error: Error) -> Error {
    let is_followed = matches!(input.get(len..), Some([0x80, 0..=5, _, ..]));
    if !is_followed {
        return error;
    }
    let joint = if error.hint().is_empty() { "" } else { "; " };
    let hint = format!("{}{joint}another pickle follows from byte {len}", error.hint());
    error.with_hint(hint)
}
