//! A program's syntax tree: recursive enums, boxes, and lists of both.

use super::{Set, recursive};
use crate::random::Random;

recursive! {
    #[derive(Clone, Copy, bincode_next::Encode)]
    pub enum Operator {
        Add,
        Subtract,
        Multiply,
        Divide,
        Less,
        Equal,
        And,
        Or,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[rkyv(
        serialize_bounds(__S: rkyv::ser::Writer + rkyv::ser::Allocator, __S::Error: rkyv::rancor::Source),
        deserialize_bounds(__D::Error: rkyv::rancor::Source),
        bytecheck(bounds(__C: rkyv::validation::ArchiveContext, __C::Error: rkyv::rancor::Source))
    )]
    pub enum Expression {
        Integer(i64),
        Float(f64),
        Truth(bool),
        Text(String),
        Name(String),
        Not(#[rkyv(omit_bounds)] Box<Expression>),
        Binary {
            operator: Operator,
            #[rkyv(omit_bounds)]
            left: Box<Expression>,
            #[rkyv(omit_bounds)]
            right: Box<Expression>,
        },
        Call {
            function: String,
            #[rkyv(omit_bounds)]
            arguments: Vec<Expression>,
        },
    }

    #[derive(Clone, bincode_next::Encode)]
    #[rkyv(
        serialize_bounds(__S: rkyv::ser::Writer + rkyv::ser::Allocator, __S::Error: rkyv::rancor::Source),
        deserialize_bounds(__D::Error: rkyv::rancor::Source),
        bytecheck(bounds(__C: rkyv::validation::ArchiveContext, __C::Error: rkyv::rancor::Source))
    )]
    pub enum Statement {
        Let {
            name: String,
            value: Expression,
        },
        If {
            condition: Expression,
            #[rkyv(omit_bounds)]
            then: Vec<Statement>,
            #[rkyv(omit_bounds)]
            otherwise: Option<Vec<Statement>>,
        },
        While {
            condition: Expression,
            #[rkyv(omit_bounds)]
            body: Vec<Statement>,
        },
        Return(Option<Expression>),
        Evaluate(Expression),
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Function {
        pub name: String,
        pub parameters: Vec<String>,
        pub body: Vec<Statement>,
        /// Line and column.
        pub place: (u32, u32),
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Program {
        pub functions: Vec<Function>,
    }
}

const OPERATORS: [Operator; 8] = [
    Operator::Add,
    Operator::Subtract,
    Operator::Multiply,
    Operator::Divide,
    Operator::Less,
    Operator::Equal,
    Operator::And,
    Operator::Or,
];

fn name(random: &mut Random) -> String {
    random.word(1, 12)
}

impl Expression {
    fn generate(random: &mut Random, depth: u32) -> Self {
        let leaves_only = depth == 0;
        match random.range(0, if leaves_only { 5 } else { 10 }) {
            0 => Self::Integer(random.range(0, 1000) as i64),
            1 => Self::Float(f64::from(random.unit())),
            2 => Self::Truth(random.chance(50)),
            3 => Self::Text(random.word(0, 30)),
            4 => Self::Name(name(random)),
            5 => Self::Not(Self::boxed(random, depth)),
            6..=8 => Self::Binary {
                operator: random.pick(&OPERATORS),
                left: Self::boxed(random, depth),
                right: Self::boxed(random, depth),
            },
            _ => Self::Call {
                function: name(random),
                arguments: random.many(0, 4, |random| Self::generate(random, depth - 1)),
            },
        }
    }

    fn boxed(random: &mut Random, depth: u32) -> Box<Self> {
        Box::new(Self::generate(random, depth - 1))
    }
}

impl Statement {
    fn generate(random: &mut Random, depth: u32) -> Self {
        match random.range(0, if depth == 0 { 3 } else { 5 }) {
            0 => Self::Let { name: name(random), value: Expression::generate(random, 5) },
            1 => Self::Return(random.maybe(80, |random| Expression::generate(random, 4))),
            2 => Self::Evaluate(Expression::generate(random, 5)),
            3 => Self::If {
                condition: Expression::generate(random, 3),
                then: Self::block(random, depth - 1),
                otherwise: random.maybe(40, |random| Self::block(random, depth - 1)),
            },
            _ => Self::While { condition: Expression::generate(random, 3), body: Self::block(random, depth - 1) },
        }
    }

    fn block(random: &mut Random, depth: u32) -> Vec<Self> {
        random.many(1, 6, |random| Self::generate(random, depth))
    }
}

impl Set for Program {
    const NAME: &'static str = "tree";
    const ABOUT: &'static str = "the syntax tree of 300 functions: recursive enums with boxes";

    fn generate(random: &mut Random) -> Self {
        let function = |random: &mut Random| Function {
            name: name(random),
            parameters: random.many(0, 5, name),
            body: Statement::block(random, 3),
            place: (random.range(1, 5000) as u32, random.range(1, 120) as u32),
        };
        Self { functions: random.many(300, 301, function) }
    }
}
