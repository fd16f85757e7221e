mod bombs;
mod counting;
use std::fmt::{self, Write};
use std::time::Instant;
use bombs::Bomb;
use state_core::pickle::{Pickle, load_value};
struct Count(usize);
impl Write for Count { fn write_str(&mut self, t: &str) -> fmt::Result { self.0 += t.len(); Ok(()) } }
fn every() -> Vec<Bomb> { [bombs::expanding(), bombs::floods(), bombs::deep(), bombs::lies(), bombs::honest()].concat() }
fn cpu() -> f64 { let s = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap(); s.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9 }
fn peak(then: impl FnOnce()) -> (f64, f64) { let b = counting::start(); let t = cpu(); then(); ((counting::peak() - b) as f64, cpu() - t) }
fn main() {
    let _ = Instant::now();
    let only = std::env::var("ONLY").unwrap_or_default();
    for (name, bytes) in every() {
        if !name.contains(&only) { continue }
        let n = bytes.len() as f64;
        let mut out = format!("{name:40} {:8}", bytes.len());
        let o = peak(|| drop(Pickle::open(&bytes)));
        write!(out, " | open {:5.1} {:6.3}s", (o.0 - 1048576.0) / n, o.1).unwrap(); eprint!("{out}"); out.clear();
        let mut c = Count(0);
        let p = peak(|| { if let Ok(p) = Pickle::open(&bytes) { write!(c, "{p}").unwrap(); } });
        write!(out, " | print {:5.1} {:6.3}s {:6.1}", (p.0 - 1048576.0) / n, p.1, c.0 as f64 / n).unwrap(); eprint!("{out}"); out.clear();
        let k = peak(|| { if let Ok(p) = Pickle::open(&bytes) { drop(p.classes()); } });
        write!(out, " | cls {:5.1} {:6.3}s", (k.0 - 1048576.0) / n, k.1).unwrap(); eprint!("{out}"); out.clear();
        let mut c = Count(0);
        let q = peak(|| { if let Ok(p) = Pickle::open(&bytes) { p.operations().for_each(|o| write!(c, "{o}").unwrap()); } });
        write!(out, " | ops {:5.1} {:6.3}s {:6.1}", (q.0 - 1048576.0) / n, q.1, c.0 as f64 / n).unwrap(); eprint!("{out}"); out.clear();
        if std::env::var("NOVALUE").is_err() {
        let v = peak(|| drop(load_value(&bytes)));
        write!(out, " | value {:6.1} {:6.3}s", (v.0 - 1048576.0) / n, v.1).unwrap(); eprint!("{out}"); out.clear();
        let mut c = Count(0);
        let w = peak(|| { if let (Ok(v), true) = (load_value(&bytes), false) { write!(c, "{v}").unwrap(); } });
        write!(out, " | vprint {:6.3}s {:6.1}", w.1, c.0 as f64 / n).unwrap(); }
        eprintln!("{out}");
    }
}
