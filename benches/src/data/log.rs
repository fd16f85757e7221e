//! A web server's log: many short strings beside a few numbers.

use super::{Lend, Set, data, views};
use crate::random::Random;

data! {
    #[derive(Clone, bincode_next::Encode)]
    pub struct Address {
        pub a: u8,
        pub b: u8,
        pub c: u8,
        pub d: u8,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Request")]
    pub struct Request {
        pub from: Address,
        pub identity: String,
        pub user: String,
        pub time: String,
        pub line: String,
        pub status: u16,
        pub size: u64,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Log")]
    pub struct Log {
        pub requests: Vec<Request>,
    }
}

views! {
    #[state(name = "benches.Request")]
    pub struct RequestView<'a> {
        pub from: Address,
        #[serde(borrow)]
        pub identity: &'a str,
        pub user: &'a str,
        pub time: &'a str,
        pub line: &'a str,
        pub status: u16,
        pub size: u64,
    }

    #[state(name = "benches.Log")]
    pub struct LogView<'a> {
        #[serde(borrow)]
        pub requests: Vec<RequestView<'a>>,
    }
}

const USERS: [&str; 6] = ["-", "root", "alice", "bob", "carol", "guest"];
const METHODS: [&str; 4] = ["GET", "PUT", "POST", "HEAD"];
const PLACES: [&str; 6] = ["index", "images/logo", "api/items", "static/app", "about", "search"];
const STATUS: [u16; 6] = [200, 204, 301, 404, 429, 500];

impl Request {
    fn generate(random: &mut Random) -> Self {
        let byte = |random: &mut Random| random.bits() as u8;
        let [a, b, c, d] = [(); 4].map(|()| byte(random));
        let (day, hour, minute) = (random.range(1, 29), random.range(0, 24), random.range(0, 60));
        let second = random.range(0, 60);
        let (method, place) = (random.pick(&METHODS), random.pick(&PLACES));
        Self {
            from: Address { a, b, c, d },
            identity: "-".into(),
            user: random.pick(&USERS).into(),
            time: format!("{day:02}/Mar/2026:{hour:02}:{minute:02}:{second:02} +0100"),
            line: format!("{method} /{place}/{} HTTP/1.1", random.range(1, 100_000)),
            status: random.pick(&STATUS),
            size: random.range(0, 100_000_000),
        }
    }

    fn lend(&self) -> RequestView<'_> {
        RequestView {
            from: self.from.clone(),
            identity: &self.identity,
            user: &self.user,
            time: &self.time,
            line: &self.line,
            status: self.status,
            size: self.size,
        }
    }
}

impl Set for Log {
    const NAME: &'static str = "log";
    const ABOUT: &'static str = "10,000 requests of four short strings and six numbers";

    fn generate(random: &mut Random) -> Self {
        Self { requests: (0..10_000).map(|_| Request::generate(random)).collect() }
    }
}

impl Lend for Log {
    type View<'a> = LogView<'a>;

    fn lend(&self) -> LogView<'_> {
        LogView { requests: self.requests.iter().map(Request::lend).collect() }
    }
}
