//! Streams of states: completely written states are read again, whatever happened to the bytes after them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use state_core::image::stream::{StreamReader, StreamWriter};
use state_core::{State, dumps, loads};

/// Counts the bytes that this thread allocates.
struct Counting;

thread_local!(static ALLOCATED: Cell<usize> = const { Cell::new(0) });

// SAFETY: every call is passed on unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + layout.size());
        // SAFETY: the caller's obligations are those of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.Frame")]
struct Frame {
    tick: u32,
    names: Vec<String>,
    #[state(bytes)]
    heat: Vec<f32>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Frame")]
struct FrameView<'a> {
    tick: u32,
    names: Vec<&'a str>,
    #[state(bytes)]
    heat: &'a [f32],
}

#[derive(State, Debug)]
#[state(name = "example.Frame")]
struct OtherFrame {
    tick: u64,
}

fn frames() -> Vec<Frame> {
    let frame = |tick: u32| Frame {
        tick,
        names: vec!["Zoë".to_string(); tick as usize % 3],
        heat: (0..tick as u16 * 2).map(f32::from).collect(),
    };
    (0..5).map(frame).collect()
}

/// The frames in a stream, with the end of the header and of each of them.
fn stream() -> (Vec<u8>, Vec<usize>) {
    let mut writer = StreamWriter::new(Vec::new()).unwrap();
    let mut ends = vec![writer.get_ref().len()];
    for frame in frames() {
        writer.write(&frame).unwrap();
        ends.push(writer.get_ref().len());
        assert_eq!(writer.position(), writer.get_ref().len() as u64);
    }
    (writer.into_inner(), ends)
}

/// The complete states of a stream, and the result at its end.
fn read(bytes: &[u8]) -> (Vec<Frame>, io::Result<()>) {
    let mut reader = match StreamReader::new(bytes) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut all = Vec::new();
    let end = loop {
        match reader.load() {
            Ok(Some(frame)) => all.push(frame),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    assert!(!reader.advance().unwrap(), "a stream stays at its end");
    assert!(reader.image().is_empty());
    (all, end)
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("state-stream-{name}-{}", std::process::id()))
}

#[test]
fn what_is_written_comes_back() {
    let (bytes, ends) = stream();
    let (all, end) = read(&bytes);
    assert_eq!(all, frames());
    end.unwrap();
    assert!(ends.iter().all(|end| end % 16 == 0));
    let states: io::Result<Vec<Frame>> = StreamReader::new(&bytes[..]).unwrap().states().collect();
    assert_eq!(states.unwrap(), frames());
    let mut reader = StreamReader::new(&bytes[..]).unwrap();
    for frame in frames() {
        assert!(reader.advance().unwrap());
        assert_eq!(reader.image(), dumps(&frame).unwrap());
    }
}

#[cfg(target_endian = "little")]
#[test]
fn states_are_borrowed_from_the_reader() {
    let (bytes, _) = stream();
    let mut reader = StreamReader::new(&bytes[..]).unwrap();
    for frame in frames() {
        let view: FrameView<'_> = reader.load().unwrap().unwrap();
        assert_eq!((view.tick, view.heat), (frame.tick, &*frame.heat));
    }
}

#[test]
fn every_cut_gives_the_whole_states_before_it() {
    let (bytes, ends) = stream();
    for len in 0..bytes.len() {
        let (all, end) = read(&bytes[..len]);
        let whole = ends.iter().filter(|&&end| end <= len).count().saturating_sub(1);
        assert_eq!(all, frames()[..whole], "{len}");
        match ends.contains(&len) {
            true => end.unwrap(),
            false => assert_eq!(end.unwrap_err().kind(), ErrorKind::UnexpectedEof, "{len}"),
        }
    }
}

#[test]
fn every_flipped_bit_is_seen() {
    let (bytes, ends) = stream();
    for bit in 0..8 * bytes.len() {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (all, end) = read(&bytes);
        let whole = ends.iter().filter(|&&end| end <= bit / 8).count().saturating_sub(1);
        assert_eq!(all, frames()[..whole], "{bit}");
        let error = end.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof), "{bit}: {error}");
    }
}

#[test]
fn states_stand_where_they_were_written() {
    let (bytes, ends) = stream();
    let mut moved = bytes[..ends[0]].to_vec();
    moved.extend_from_slice(&bytes[ends[1]..]);
    assert_eq!(read(&moved).1.unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn restoring_in_place_allocates_nothing() {
    let mut writer = StreamWriter::new(Vec::new()).unwrap();
    let mut frame = frames().pop().unwrap();
    for tick in 0..100 {
        frame.tick = tick;
        writer.write(&frame).unwrap();
    }
    let bytes = writer.into_inner();
    let mut reader = StreamReader::new(&bytes[..]).unwrap();
    assert!(reader.load_into(&mut frame).unwrap());
    let before = ALLOCATED.get();
    for tick in 1..100 {
        assert!(reader.load_into(&mut frame).unwrap());
        assert_eq!(frame.tick, tick);
    }
    assert!(!reader.load_into(&mut frame).unwrap());
    assert_eq!(ALLOCATED.get(), before);
}

#[test]
fn another_type_is_told_by_name() {
    let (bytes, _) = stream();
    let mut reader = StreamReader::new(&bytes[..]).unwrap();
    let error = reader.load::<OtherFrame>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(
        error.to_string().contains("Frame: expected no slot `names`, found a state of another version that has it"),
        "{error}"
    );
    // The state is complete, so the stream continues after it.
    assert_eq!(reader.load::<Frame>().unwrap().unwrap().tick, 1);

    assert!(loads::<Frame>(&bytes).unwrap_err().to_string().contains("a stream of states"));
    let image = dumps(&frames()[0]).unwrap();
    assert!(StreamReader::new(&image[..]).unwrap_err().to_string().contains("a single state"));
}

#[test]
fn append_goes_on_after_every_cut() {
    let (bytes, ends) = stream();
    let path = file("append");
    let last = Frame { tick: 99, names: vec![], heat: vec![1.5] };
    for len in 0..=bytes.len() {
        fs::write(&path, &bytes[..len]).unwrap();
        let mut writer = StreamWriter::append(&path).unwrap();
        writer.write(&last).unwrap();
        let whole = ends.iter().filter(|&&end| end <= len).count().saturating_sub(1);
        let mut expected = frames()[..whole].to_vec();
        expected.push(last.clone());
        let found: io::Result<Vec<Frame>> = StreamReader::open(&path).unwrap().states().collect();
        assert_eq!(found.unwrap(), expected, "{len}");
    }
    fs::remove_file(&path).unwrap();
    drop(StreamWriter::<Frame>::append(&path).unwrap());
    assert_eq!(read(&fs::read(&path).unwrap()).0, []);
    StreamWriter::<Frame>::create(&path).unwrap().sync().unwrap();
    fs::remove_file(&path).unwrap();
}

#[test]
fn append_cuts_what_was_never_written() {
    let (bytes, ends) = stream();
    let path = file("zeros");
    for zeros in [1, 15, 16, 17, 4096, 10_000] {
        let mut torn = bytes.clone();
        torn.resize(bytes.len() + zeros, 0);
        fs::write(&path, &torn).unwrap();
        drop(StreamWriter::<Frame>::append(&path).unwrap());
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    // The length of the last state was written, but its bytes never reached the disk.
    let mut torn = bytes.clone();
    torn[ends[4] + 16..].fill(0);
    fs::write(&path, &torn).unwrap();
    drop(StreamWriter::<Frame>::append(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), bytes[..ends[4]]);
    fs::remove_file(&path).unwrap();
}

#[test]
fn append_leaves_damage_and_other_types_alone() {
    let (bytes, ends) = stream();
    let path = file("damage");
    for at in [0, 8, 20, ends[0], ends[0] + 9, ends[1] + 20, ends[3] - 1, ends[4] + 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 4;
        fs::write(&path, &damaged).unwrap();
        assert_eq!(StreamWriter::<Frame>::append(&path).unwrap_err().kind(), ErrorKind::InvalidData, "{at}");
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
    for other in [&bytes[..], b"something else", &[0; 4000]] {
        fs::write(&path, other).unwrap();
        let error = StreamWriter::<OtherFrame>::append(&path).unwrap_err();
        assert_eq!(error.to_string().ends_with("for a new file to continue with"), *other == bytes, "{error}");
        assert_eq!(fs::read(&path).unwrap(), other);
    }
    fs::remove_file(&path).unwrap();
}

/// Accepts that many bytes, and then no more.
struct Full(Vec<u8>, usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.1 - self.0.len();
        if room == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len().min(room))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn nothing_is_written_behind_a_torn_state() {
    let (bytes, ends) = stream();
    let mut writer = StreamWriter::new(Full(Vec::new(), ends[2] + 20)).unwrap();
    let errors: Vec<_> = frames().iter().filter_map(|frame| writer.write(frame).err()).map(|e| e.kind()).collect();
    assert_eq!(errors, [ErrorKind::StorageFull, ErrorKind::Other, ErrorKind::Other]);
    assert_eq!(writer.into_inner().0, bytes[..ends[2] + 20]);
}

/// CRC-32C bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0x82F6_3B78 } else { 0 })
    })
}

/// The start of a frame, after the table in the documentation.
fn frame_start(position: usize, len: u64, image: u32) -> Vec<u8> {
    let mut start = len.to_le_bytes().to_vec();
    start.extend(image.to_le_bytes());
    let own = crc(&[&(position as u64).to_le_bytes(), &start[..]].concat());
    start.extend(own.to_le_bytes());
    start
}

#[test]
fn the_format_is_the_documented_one() {
    let mut writer = StreamWriter::new(Vec::new()).unwrap();
    writer.write(&7_u8).unwrap();
    // The canonical schema of `u8`: an integer of 8 bits, neither signed nor without zero.
    let schema = [3, 8, 0];
    let mut expected = vec![0xD7, 0x53, 0x54, 0x53, 1, 0, 0, 0];
    expected.extend(&dumps(&7_u8).unwrap()[8..16]);
    expected.extend([3, 0, 0, 0]);
    expected.extend(crc(&[&expected[..], &schema].concat()).to_le_bytes());
    expected.extend(schema);
    expected.resize(32, 0);
    let image = dumps(&7_u8).unwrap();
    expected.extend(frame_start(32, 41, crc(&image)));
    expected.extend(image);
    expected.resize(96, 0);
    assert_eq!(writer.into_inner(), expected);
}

#[test]
fn announced_lengths_are_not_believed() {
    let (mut bytes, _) = stream();
    let end = bytes.len();
    for len in [0, 39, 1 << 40, i64::MAX as u64, u64::MAX - 16, u64::MAX] {
        bytes.truncate(end);
        bytes.extend(frame_start(end, len, 0));
        bytes.extend([0; 100]);
        let before = ALLOCATED.get();
        let (all, error) = read(&bytes);
        assert_eq!(all.len(), 5);
        error.unwrap_err();
        assert!(ALLOCATED.get() - before < 1 << 20, "{len}");
    }
    // The same for the schema in the header.
    let mut header = bytes[..24].to_vec();
    header[16..20].fill(0xFF);
    let before = ALLOCATED.get();
    assert_eq!(StreamReader::with_max_schema(&header[..], u64::MAX).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert!(ALLOCATED.get() - before < 1 << 20);
}

/// Reads a header that claims a schema of `len` bytes, then zeros without end.
fn endless(header: Vec<u8>) -> impl io::Read {
    io::Read::chain(io::Cursor::new(header), io::repeat(0))
}

#[test]
fn what_a_stream_announces_is_limited() {
    let (bytes, ends) = stream();
    // Schemas that claim to be long, followed by endless zeros.
    for claimed in [(1_u32 << 24) + 1, u32::MAX] {
        let mut header = bytes[..24].to_vec();
        header[16..20].copy_from_slice(&claimed.to_le_bytes());
        let before = ALLOCATED.get();
        let error = StreamReader::new(endless(header)).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(error.to_string().contains("StreamReader::with_max_schema"), "{error}");
        assert!(ALLOCATED.get() - before < 1 << 16);
    }
    // A frame of 2^40 bytes whose own checksum is correct.
    for claimed in [(1 << 30) + 1, 1 << 40, i64::MAX as u64 - 64] {
        let mut start = bytes[..ends[0]].to_vec();
        start.extend(frame_start(ends[0], claimed, 0));
        let before = ALLOCATED.get();
        let mut reader = StreamReader::new(endless(start)).unwrap();
        let error = reader.advance().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(error.to_string().contains("StreamReader::max_state"), "{error}");
        assert!(!reader.advance().unwrap());
        assert!(ALLOCATED.get() - before < 1 << 18);
    }
}

#[test]
fn limits_of_a_stream_are_settings() {
    let (bytes, _) = stream();
    let schema = u64::from(u32::from_le_bytes(bytes[16..20].try_into().unwrap()));
    assert!(StreamReader::with_max_schema(&bytes[..], schema).is_ok());
    assert!(StreamReader::with_max_schema(&bytes[..], schema - 1).is_err());
    let longest = frames().iter().map(|frame| dumps(frame).unwrap().len() as u64).max().unwrap();
    let all: Result<Vec<Frame>, _> = StreamReader::new(&bytes[..]).unwrap().max_state(longest).states().collect();
    assert_eq!(all.unwrap(), frames());
    let mut shorter = StreamReader::new(&bytes[..]).unwrap().max_state(longest - 1);
    assert!(shorter.states::<Frame>().any(|frame| frame.is_err()));

    // A writer refuses a state that is too long before it writes any of it, and can be used further.
    let mut writer = StreamWriter::new(Vec::new()).unwrap().max_state(longest - 1);
    let all = frames();
    let written = all.iter().filter(|frame| writer.write(frame).is_ok()).count();
    let (all, end) = read(&writer.into_inner());
    assert!(written < frames().len() && all.len() == written);
    end.unwrap();
}

// The big-endian tests run with an older compiler without file locks.
#[cfg(all(any(unix, windows), target_endian = "little"))]
#[test]
fn a_file_has_one_writer_at_a_time() {
    let path = file("one-writer");
    let mut first = StreamWriter::append(&path).unwrap();
    first.write(&frames()[1]).unwrap();
    for second in [StreamWriter::<Frame>::append(&path), StreamWriter::<Frame>::create(&path)] {
        let error = second.unwrap_err();
        assert!(cfg!(windows) || error.kind() == ErrorKind::WouldBlock, "{error}");
    }
    // Readers are not locked out, and nothing was truncated.
    assert_eq!(read(&fs::read(&path).unwrap()).0, frames()[1..2]);
    first.write(&frames()[2]).unwrap();
    // The lock ends with the writer, or stays with the file taken out of it.
    let kept = first.into_inner();
    assert!(StreamWriter::<Frame>::append(&path).is_err());
    drop(kept);
    StreamWriter::append(&path).unwrap().write(&frames()[3]).unwrap();
    assert_eq!(read(&fs::read(&path).unwrap()).0, frames()[1..4]);
    drop(StreamWriter::<Frame>::create(&path).unwrap());
    assert_eq!(read(&fs::read(&path).unwrap()).0, []);
    fs::remove_file(&path).unwrap();
}

#[test]
fn a_header_with_flags_that_nobody_knows_is_refused() {
    let (bytes, ends) = stream();
    for flag in 0..24 {
        let mut header = bytes.clone();
        header[5 + flag / 8] ^= 1 << (flag % 8);
        let schema = u32::from_le_bytes(header[16..20].try_into().unwrap()) as usize;
        let sum = crc(&[&header[..20], &header[24..24 + schema]].concat());
        header[20..24].copy_from_slice(&sum.to_le_bytes());
        let error = StreamReader::new(&header[..]).map(drop).unwrap_err().to_string();
        // For known flags, the error is that the schema is another or longer, or the stream of another kind.
        assert!(flag < 4 || error.contains("flags that it does not have"), "{flag}: {error}");
    }
    assert!(ends[0] > 24);
}
