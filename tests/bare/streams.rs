//! Streams of states without headers.

use std::io;

use state_core::image::bare::{self, BareReader, BareWriter};
use state_core::image::stream;
use state_core::{Options, dumps};

use super::{Message, Pair, player};

fn stream_of(messages: &[Message]) -> Vec<u8> {
    let mut writer = BareWriter::new(Vec::new()).unwrap();
    for message in messages {
        writer.write(message).unwrap();
    }
    writer.into_inner()
}

fn some() -> [Message; 4] {
    let text = "long ".repeat(60);
    [Message::Ping(1), Message::Said { from: 3, text }, Message::Seen(vec![player("a"), player("ß")]), Message::Left]
}

#[test]
fn a_stream_has_the_schema_once() {
    let messages = some();
    let bytes = stream_of(&messages);
    let header = stream_of(&[]).len();
    let states: usize = messages.iter().map(|message| bare::dumps(message).unwrap().len()).sum();
    // The text's length takes a second byte.
    assert_eq!(bytes.len(), header + states + 5);

    let mut reader = BareReader::new(&bytes[..]).unwrap();
    for message in &messages {
        assert_eq!(reader.load::<Message>().unwrap().as_ref(), Some(message));
        assert_eq!(reader.bytes(), bare::dumps(message).unwrap());
    }
    assert_eq!((reader.load::<Message>().unwrap(), reader.bytes().len()), (None, 0));

    let mut reader = BareReader::new(&bytes[..]).unwrap();
    let mut live = Message::Left;
    for message in &messages {
        assert!(reader.load_into(&mut live).unwrap());
        assert_eq!(live, *message);
    }
    assert!(!reader.load_into(&mut live).unwrap());
    assert_eq!(live, messages[3]);

    let mut of_nothing = BareWriter::new(Vec::new()).unwrap();
    of_nothing.write(&()).unwrap();
    of_nothing.write(&()).unwrap();
    let bytes = of_nothing.into_inner();
    let mut reader = BareReader::new(&bytes[..]).unwrap();
    assert_eq!([(); 3].map(|()| reader.load::<()>().unwrap()), [Some(()), Some(()), None]);
}

#[test]
fn a_stream_of_another_type_or_form_is_refused() {
    let bytes = stream_of(&some());
    let mut reader = BareReader::new(&bytes[..]).unwrap();
    let error = reader.load::<Pair>().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("Pair") && error.to_string().contains("Message"), "{error}");
    // No further input was read for it.
    assert_eq!(reader.load::<Message>().unwrap(), Some(Message::Ping(1)));

    let error = stream::StreamReader::new(&bytes[..]).unwrap_err();
    assert!(error.to_string().contains("`image::bare::BareReader` reads them"), "{error}");
    let mut framed = stream::StreamWriter::new(Vec::new()).unwrap();
    framed.write(&Message::Left).unwrap();
    let error = BareReader::new(&framed.into_inner()[..]).unwrap_err();
    assert!(error.to_string().contains("`image::stream::StreamReader` reads them"), "{error}");
    assert!(BareReader::new(&dumps(&Message::Left).unwrap()[..]).is_err());
}

#[test]
fn a_schema_is_read_up_to_a_limit() {
    let bytes = stream_of(&some());
    let refused = BareReader::with_max_schema(&bytes[..], 50).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    assert!(refused.to_string().contains("up to 50 bytes (`BareReader::with_max_schema` sets the limit)"), "{refused}");
    let mut reader = BareReader::with_max_schema(&bytes[..], 1000).unwrap();
    assert_eq!(reader.load::<Message>().unwrap(), Some(Message::Ping(1)));
}

#[test]
fn every_cut_and_every_byte_of_a_stream_is_an_answer() {
    let messages = [Message::Ping(1), Message::Said { from: 3, text: "hello".into() }, Message::Left];
    let bytes = stream_of(&messages);
    let header = stream_of(&[]).len();
    let ends: Vec<usize> = messages
        .iter()
        .scan(header, |at, message| {
            *at += 1 + bare::dumps(message).unwrap().len();
            Some(*at)
        })
        .collect();
    for len in 0..=bytes.len() {
        let Ok(mut reader) = BareReader::new(&bytes[..len]) else {
            assert!(len < header);
            continue;
        };
        let whole = ends.iter().filter(|&&end| end <= len).count();
        for message in &messages[..whole] {
            assert_eq!(reader.load::<Message>().unwrap().as_ref(), Some(message));
        }
        match reader.load::<Message>() {
            Ok(None) => assert!(len == header || ends.contains(&len), "{len}"),
            other => assert_eq!(other.unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{len}"),
        }
        assert_eq!(reader.load::<Message>().unwrap(), None);
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        for byte in 0..=u8::MAX {
            damaged[at] = byte;
            let Ok(mut reader) = BareReader::new(&damaged[..]) else { continue };
            assert!(at >= header || damaged == bytes, "{at}");
            let mut live = Message::Left;
            (0..5).for_each(|_| drop(reader.load_into(&mut live)));
        }
    }
}

#[test]
fn a_stream_asks_for_no_more_than_comes() {
    let mut bytes = stream_of(&[]);
    bytes.extend([0xFF, 0xFF, 0xFF, 0xFF, 0x03]);
    let error = BareReader::new(&bytes[..]).unwrap().load::<Message>().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    let error = BareReader::new(&bytes[..]).unwrap().max_state(1000).load::<Message>().unwrap_err();
    assert!(error.to_string().contains("`BareReader::max_state` sets the limit"), "{error}");
    for length in [&[0xFF; 12][..], &[0x80, 0], &[0xFF; 3]] {
        let bytes = [&stream_of(&[]), length].concat();
        assert!(BareReader::new(&bytes[..]).unwrap().advance().is_err());
    }
}

#[test]
fn a_state_that_cannot_be_written_or_loaded_leaves_the_stream_as_it_was() {
    type Nested = Vec<Vec<Vec<u8>>>;

    let options = Options::new().depth(1).bare();
    let mut writer = BareWriter::<Nested, _>::with_options(Vec::new(), options).unwrap();
    assert!(writer.write(&vec![vec![vec![1]]]).is_err());
    writer.write(&vec![]).unwrap();
    let written = writer.into_inner();
    let mut reader = BareReader::new(&written[..]).unwrap();
    assert_eq!(reader.load::<Nested>().unwrap(), Some(vec![]));
    assert_eq!(reader.load::<Nested>().unwrap(), None);

    let mut writer = BareWriter::<Nested, _>::new(Vec::new()).unwrap();
    writer.write(&vec![vec![vec![1]]]).unwrap();
    writer.write(&vec![]).unwrap();
    let bytes = writer.into_inner();
    let mut reader = BareReader::new(&bytes[..]).unwrap().options(options);
    assert_eq!(reader.load::<Nested>().unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert_eq!(reader.load::<Nested>().unwrap(), Some(vec![]));
}

#[test]
fn a_stream_that_is_torn_while_it_is_written_is_over() {
    struct Full(usize);

    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("full"))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut writer = BareWriter::new(Full(stream_of(&[]).len() + 1)).unwrap();
    assert_eq!(writer.write(&Message::Left).unwrap_err().to_string(), "full");
    assert!(writer.write(&Message::Left).unwrap_err().to_string().contains("torn"));
}
