//! Every opcode of a pickle, with its argument, as in CPython's `pickletools`. Reader, writer and disassembly depend
//! only on this table.

/// The argument of an opcode. Numbers are little-endian, except for the float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Nothing,
    U8,
    U16,
    I32,
    U32,
    U64,
    /// Eight bytes, big-endian.
    Float,
    /// Text up to a newline, which is not part of it.
    Line,
    /// Two lines: a module and a name.
    Lines,
    /// Bytes after a length of 1, 4 or 8 bytes; that of 4 is signed for opcodes of protocol 1 or 2.
    Counted1,
    Counted4,
    CountedSigned4,
    Counted8,
}

macro_rules! opcodes {
    ($($NAME:ident = $byte:literal, $argument:ident, $protocol:literal;)*) => {
        $(pub(crate) const $NAME: u8 = $byte;)*

        /// Name, argument and first protocol of each opcode.
        const TABLE: [Option<Opcode>; 256] = {
            let mut table = [None; 256];
            $(table[$byte as usize] = Some(Opcode {
                name: stringify!($NAME),
                argument: Argument::$argument,
                protocol: $protocol,
            });)*
            table
        };
    };
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opcode {
    pub name: &'static str,
    pub argument: Argument,
    /// The first protocol with this opcode.
    pub protocol: u8,
}

impl Opcode {
    pub fn of(byte: u8) -> Option<&'static Self> {
        const ROWS: &[Option<Opcode>; 256] = &TABLE;
        ROWS[usize::from(byte)].as_ref()
    }
}

opcodes! {
    MARK = b'(', Nothing, 0;
    STOP = b'.', Nothing, 0;
    POP = b'0', Nothing, 0;
    POP_MARK = b'1', Nothing, 1;
    DUP = b'2', Nothing, 0;
    FLOAT = b'F', Line, 0;
    INT = b'I', Line, 0;
    BININT = b'J', I32, 1;
    BININT1 = b'K', U8, 1;
    LONG = b'L', Line, 0;
    BININT2 = b'M', U16, 1;
    NONE = b'N', Nothing, 0;
    PERSID = b'P', Line, 0;
    BINPERSID = b'Q', Nothing, 1;
    REDUCE = b'R', Nothing, 0;
    STRING = b'S', Line, 0;
    BINSTRING = b'T', CountedSigned4, 1;
    SHORT_BINSTRING = b'U', Counted1, 1;
    UNICODE = b'V', Line, 0;
    BINUNICODE = b'X', Counted4, 1;
    APPEND = b'a', Nothing, 0;
    BUILD = b'b', Nothing, 0;
    GLOBAL = b'c', Lines, 0;
    DICT = b'd', Nothing, 0;
    EMPTY_DICT = b'}', Nothing, 1;
    APPENDS = b'e', Nothing, 1;
    GET = b'g', Line, 0;
    BINGET = b'h', U8, 1;
    INST = b'i', Lines, 0;
    LONG_BINGET = b'j', U32, 1;
    LIST = b'l', Nothing, 0;
    EMPTY_LIST = b']', Nothing, 1;
    OBJ = b'o', Nothing, 1;
    PUT = b'p', Line, 0;
    BINPUT = b'q', U8, 1;
    LONG_BINPUT = b'r', U32, 1;
    SETITEM = b's', Nothing, 0;
    TUPLE = b't', Nothing, 0;
    EMPTY_TUPLE = b')', Nothing, 1;
    SETITEMS = b'u', Nothing, 1;
    BINFLOAT = b'G', Float, 1;
    PROTO = 0x80, U8, 2;
    NEWOBJ = 0x81, Nothing, 2;
    EXT1 = 0x82, U8, 2;
    EXT2 = 0x83, U16, 2;
    EXT4 = 0x84, I32, 2;
    TUPLE1 = 0x85, Nothing, 2;
    TUPLE2 = 0x86, Nothing, 2;
    TUPLE3 = 0x87, Nothing, 2;
    NEWTRUE = 0x88, Nothing, 2;
    NEWFALSE = 0x89, Nothing, 2;
    LONG1 = 0x8A, Counted1, 2;
    LONG4 = 0x8B, CountedSigned4, 2;
    BINBYTES = b'B', Counted4, 3;
    SHORT_BINBYTES = b'C', Counted1, 3;
    SHORT_BINUNICODE = 0x8C, Counted1, 4;
    BINUNICODE8 = 0x8D, Counted8, 4;
    BINBYTES8 = 0x8E, Counted8, 4;
    EMPTY_SET = 0x8F, Nothing, 4;
    ADDITEMS = 0x90, Nothing, 4;
    FROZENSET = 0x91, Nothing, 4;
    NEWOBJ_EX = 0x92, Nothing, 4;
    STACK_GLOBAL = 0x93, Nothing, 4;
    MEMOIZE = 0x94, Nothing, 4;
    FRAME = 0x95, U64, 4;
    BYTEARRAY8 = 0x96, Counted8, 5;
    NEXT_BUFFER = 0x97, Nothing, 5;
    READONLY_BUFFER = 0x98, Nothing, 5;
}
