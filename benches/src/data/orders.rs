//! An exchange's order books: sorted maps of prices, hash maps of orders and accounts.

use std::collections::BTreeMap;

use super::{HashMap, Set, data};
use crate::random::Random;

data! {
    #[derive(Clone, Copy, bincode_next::Encode)]
    pub enum Side {
        Buy,
        Sell,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Order {
        pub id: u64,
        pub account: u32,
        pub quantity: u32,
        pub side: Side,
        pub expires: Option<u64>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Level {
        pub total: u64,
        pub orders: Vec<Order>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Book {
        pub bids: BTreeMap<i64, Level>,
        pub asks: BTreeMap<i64, Level>,
        pub last: Option<i64>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Account {
        pub owner: String,
        pub balance: i64,
        pub holdings: BTreeMap<String, u64>,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Exchange {
        pub books: BTreeMap<String, Book>,
        pub accounts: HashMap<u32, Account>,
        /// Where an order is: its book's number and its price.
        pub places: HashMap<u64, (u16, i64)>,
    }
}

const BOOKS: u16 = 40;
const ACCOUNTS: u32 = 1000;

impl Level {
    fn generate(random: &mut Random, side: Side) -> Self {
        let order = |random: &mut Random| Order {
            id: random.bits(),
            account: random.range(0, u64::from(ACCOUNTS)) as u32,
            quantity: random.range(1, 1000) as u32,
            side,
            expires: random.maybe(40, Random::bits),
        };
        let orders = random.many(1, 8, order);
        Self { total: orders.iter().map(|order| u64::from(order.quantity)).sum(), orders }
    }
}

impl Book {
    fn generate(random: &mut Random) -> Self {
        let middle = random.range(1000, 100_000) as i64;
        let mut levels = |side: Side, step: i64| -> BTreeMap<i64, Level> {
            (1..=25).map(|at| (middle + at * step, Level::generate(random, side))).collect()
        };
        Self { bids: levels(Side::Buy, -1), asks: levels(Side::Sell, 1), last: Some(middle) }
    }

    fn levels(&self) -> impl Iterator<Item = (i64, &Level)> {
        self.bids.iter().chain(&self.asks).map(|(&price, level)| (price, level))
    }
}

impl Account {
    fn generate(random: &mut Random) -> Self {
        let holding = |random: &mut Random| (symbol(random.range(0, u64::from(BOOKS)) as u16), random.range(1, 5000));
        Self {
            owner: random.word(6, 24),
            balance: random.range(0, 10_000_000) as i64,
            holdings: random.many(0, 6, holding).into_iter().collect(),
        }
    }
}

fn symbol(number: u16) -> String {
    format!("{}{number:03}", if number.is_multiple_of(2) { "EQ" } else { "FX" })
}

impl Set for Exchange {
    const NAME: &'static str = "orders";
    const ABOUT: &'static str = "40 order books in B-tree maps, 8,000 orders and 1,000 accounts in hash maps";

    fn generate(random: &mut Random) -> Self {
        let books: BTreeMap<String, Book> = (0..BOOKS).map(|number| (symbol(number), Book::generate(random))).collect();
        let accounts = (0..ACCOUNTS).map(|number| (number, Account::generate(random))).collect();
        let mut places = HashMap::default();
        for (number, book) in books.values().enumerate() {
            for (price, level) in book.levels() {
                places.extend(level.orders.iter().map(|order| (order.id, (number as u16, price))));
            }
        }
        Self { books, accounts, places }
    }
}
