//! A journal of many states in one file: each run continues where the last one ended, even if that was interrupted.
//!
//! `cargo run --example journal [FILE]`; without FILE, it uses one in the temporary directory.

use std::path::PathBuf;
use std::{env, fs, io};

use state_core::State;
use state_core::image::stream::{StreamReader, StreamWriter};

#[derive(State, Debug)]
#[state(name = "example.Measurement")]
struct Measurement {
    number: u64,
    place: String,
    #[state(bytes)]
    samples: Vec<f32>,
}

fn measure(number: u64) -> Measurement {
    Measurement { number, place: "roof".into(), samples: (0..1000_u16).map(f32::from).collect() }
}

fn main() -> io::Result<()> {
    let path = env::args().nth(1).map_or_else(|| env::temp_dir().join("measurements.journal"), PathBuf::from);

    let mut journal = StreamWriter::append(&path)?;
    for number in 0..5 {
        journal.write(&measure(number))?;
    }
    journal.sync()?;
    println!("{} bytes in {}", journal.position(), path.display());
    drop(journal);

    // As if the power had failed while the last one was written.
    fs::File::options().write(true).open(&path)?.set_len(fs::metadata(&path)?.len() - 100)?;

    let mut reader = StreamReader::open(&path)?;
    // All are restored into one live value, which keeps its allocations.
    let mut measurement = measure(0);
    let mut count = 0;
    let torn = loop {
        match reader.load_into(&mut measurement) {
            Ok(true) => count += 1,
            Ok(false) => break None,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break Some(error),
            Err(error) => return Err(error),
        }
    };
    println!("{count} whole states, the last of them number {}", measurement.number);
    if let Some(torn) = torn {
        println!("then: {torn}");
    }

    let mut journal = StreamWriter::append(&path)?;
    journal.write(&measure(4))?;
    let all = StreamReader::open(&path)?.states().collect::<io::Result<Vec<Measurement>>>()?;
    println!("after going on: {} whole states", all.len());
    Ok(())
}
