//! Pickles that claim more memory, time or depth than they should get: those that broke other readers, and those that
//! would break a careless one.

/// The name of a pickle, and its bytes.
pub type Bomb = (&'static str, Vec<u8>);

const LONG: usize = 200_000;

fn times(part: &[u8], count: usize) -> Vec<u8> {
    part.repeat(count)
}

/// Joins parts, followed by STOP.
fn all(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"\x80\x04".to_vec();
    bytes.extend(parts.concat());
    bytes.push(b'.');
    bytes
}

fn flood(start: &[u8], part: &[u8], len: usize, end: &[u8]) -> Vec<u8> {
    all(&[start, &times(part, len / part.len()), end])
}

fn text(len: usize) -> Vec<u8> {
    [b"X", &(len as u32).to_le_bytes()[..], &times(b"x", len)].concat()
}

fn bytes(len: usize) -> Vec<u8> {
    [b"B", &(len as u32).to_le_bytes()[..], &times(b"x", len)].concat()
}

/// Pickles that expand: parts that are referenced again and again.
pub fn expanding() -> Vec<Bomb> {
    let fetched = |part: &[u8], put: &[u8], again: &[u8], count| all(&[part, put, b"0(", &times(again, count), b"t"]);
    let memo = |level: u8| vec![b'q', level, b'0', b'h', level, b'h', level, 0x86];
    let levels: Vec<u8> = (0..40).flat_map(memo).collect();
    let named = [b"\x8c\x01m".to_vec(), text(100_000), b"\x93q\x000(".to_vec()].concat();
    let chain = times(b"cbuiltins\ngetattr\n", 17);
    let attributes = [b"cexample\nP\n".to_vec(), times(b"h\x00\x86R", 17)].concat();
    vec![
        ("doubled pairs", all(&[b")", &times(b"2\x86", 30)[..]])),
        ("memo levels", all(&[b")", &levels[..]])),
        ("a megabyte ten thousand times", fetched(&bytes(1 << 20), b"q\x00", b"h\x00", 10_000)),
        ("a text ten thousand times", fetched(&text(1 << 20), b"q\x00", b"h\x00", 10_000)),
        ("a number of a megabyte", fetched(&long4(1 << 20), b"q\x00", b"h\x00", 10_000)),
        (
            "a line ten thousand times",
            fetched(&[b"V", &times(b"x", 100_000)[..], b"\n"].concat(), b"q\x00", b"h\x00", LONG),
        ),
        ("a line of zeros", fetched(&[b"I", &times(b"0", 100_000)[..], b"\n"].concat(), b"q\x00", b"h\x00", LONG)),
        ("a class of a long name", all(&[&named, &times(b"h\x00)\x81", LONG)[..], b"t"])),
        ("names of one long text", all(&[&text(100_000), b"q\x000(", &times(b"h\x00h\x00\x93", LONG)[..], b"t"])),
        ("attributes of one long text", all(&[&text(50_000)[..], b"q\x000", &chain, &attributes[..]])),
        ("a list of many chunks of itself", all(&[b"]q\x00", &times(b"]0h\x00a", LONG)[..]])),
        ("a set of one list again and again", shared_argument(b"cbuiltins\nset\n", &flat_list(50_000))),
        ("bytes of one text again and again", shared_argument(b"cbuiltins\nbytes\n", &bytes(1 << 20))),
        (
            "a call with shared arguments",
            all(&[b"cexample\nf\nq\x00(", &times(b"N", 50_000), b"tq\x01", &times(b"h\x00h\x01R", LONG)[..]]),
        ),
        ("calls that are dropped", all(&[b"cexample\nf\nq\x00", &times(b"h\x00)R0", LONG)[..], b"N"])),
        (
            "calls with the object below them",
            all(&[b"cexample\nf\nq\x00)Rq\x01", &times(b"h\x00h\x01\x85R0", LONG)[..]]),
        ),
        (
            "a call that is made again and again",
            all(&[
                b"(",
                &times(b"N", 50_000),
                b"tq\x00cm\nf\nq\x01(",
                &times(b"N", 50_000),
                b"tRq\x02",
                &times(b"h\x01h\x00R0h\x02", LONG)[..],
            ]),
        ),
        ("calls before calls", all(&[b"cexample\nf\nq\x00(", &times(b"h\x00)R0h\x00)R", LONG)[..], b"t"])),
        ("a partial call again and again", partial()),
        (
            "an object of many states",
            all(&[b"cexample\nP\n)\x81q\x00", &times(b"h\x00b", LONG)[..], b"0(", &times(b"h\x00", LONG), b"t"]),
        ),
        ("one state of many objects", one_state()),
        ("latin1 again and again", latin1_one_text()),
        (
            "latin1 of many texts",
            flood(b"c_codecs\nencode\nq\x00X\x06\x00\x00\x00latin1q\x01(", b"h\x00\x8c\x00h\x01\x86R", 1 << 20, b"t"),
        ),
        ("two callables in turn", two_callables()),
    ]
}

fn long4(len: usize) -> Vec<u8> {
    [b"\x8b", &(len as u32).to_le_bytes()[..], &times(b"\x7f", len)].concat()
}

fn flat_list(len: usize) -> Vec<u8> {
    [b"](", &times(b"N", len)[..], b"e"].concat()
}

fn shared_argument(callable: &[u8], argument: &[u8]) -> Vec<u8> {
    all(&[callable, b"q\x000", argument, b"q\x010(", &times(b"h\x00h\x01\x85R", LONG)[..], b"t"])
}

fn partial() -> Vec<u8> {
    let state = [b"(cexample\nf\n(cexample\nP\n", &times(b"N", 50_000)[..], b"t}Ntb"].concat();
    all(&[b"cfunctools\npartial\n)R", &state[..], b"q\x000(", &times(b"h\x00)R", LONG), b"t"])
}

fn one_state() -> Vec<u8> {
    let entries: Vec<u8> = (0..20_000_u32)
        .flat_map(|at| [&b"X\x06\x00\x00\x00a"[..], format!("{at:05}").as_bytes(), b"N"].concat())
        .collect();
    all(&[b"cexample\nP\nq\x000}(", &entries[..], b"uq\x010(", &times(b"h\x00)\x81h\x01b", LONG), b"t"])
}

fn latin1_one_text() -> Vec<u8> {
    all(&[
        b"c_codecs\nencode\nq\x000X\x06\x00\x00\x00latin1q\x010",
        &text(100_000)[..],
        b"q\x020(",
        &times(b"h\x00h\x02h\x01\x86R", LONG),
        b"t",
    ])
}

fn two_callables() -> Vec<u8> {
    let named = |number: u8| [&text(50_000)[..], b"q\x020h\x02h\x02\x93q", &[number], b"0"].concat();
    all(&[&named(0)[..], &named(1), b"(", &times(b"h\x00)Rh\x01)R", LONG), b"t"])
}

/// Floods of one opcode, which show how much memory each needs.
pub fn floods() -> Vec<Bomb> {
    const MB: usize = 1_100_000;
    vec![
        ("marks", times(b"(", MB)),
        ("marks and pops", flood(b"N", b"(1", MB, b"")),
        ("marks, then pops", all(&[b"N", &times(b"(", MB / 2)[..], &times(b"1", MB / 2)])),
        ("none", flood(b"", b"N", MB, b"")),
        ("none in a tuple", flood(b"(", b"N", MB, b"t")),
        ("none in a list", flood(b"](", b"N", MB, b"e")),
        ("doubled", flood(b"N", b"2", MB, b"")),
        ("empty lists", flood(b"(", b"]", MB, b"t")),
        ("empty tuples", flood(b"(", b")", MB, b"t")),
        ("empty dicts", flood(b"(", b"}", MB, b"t")),
        ("empty sets", flood(b"(", b"\x8f", MB, b"t")),
        ("tuples of one", flood(b")", b"\x85", MB, b"")),
        ("none, then tuples of one", all(&[&times(b"N", MB / 2)[..], &times(b"\x85", MB / 2)])),
        ("memoized", flood(b"N", b"\x94", MB, b"")),
        ("memoized lists", flood(b"(", b"]\x94", MB, b"t")),
        ("memoized none, then lists", all(&[b"(", &times(b"N\x94", MB / 4)[..], &times(b"]", MB / 2), b"t"])),
        ("appends", flood(b"]", b"Na", MB, b"")),
        ("appends to two lists", flood(b"]q\x00]q\x01", b"h\x00Na0h\x01Na0", MB, b"")),
        ("objects", flood(b"cexample\nP\nq\x000(", b"h\x00)\x81", MB, b"t")),
        ("objects with states", flood(b"cexample\nP\nq\x000(", b"h\x00)\x81Nb", MB, b"t")),
        ("classes", flood(b"\x8c\x01aq\x000(", b"h\x00h\x00\x93", MB, b"t")),
        ("many classes", all(&[b"(", &classes(MB / 6)[..], b"t"])),
        ("many memo numbers", all(&[b"N", &numbers(MB / 5)[..]])),
        ("escaped text", all(&[b"V", &times(b"\xff", MB)[..], b"\n"])),
        ("escapes", all(&[b"V", &times(b"\\u00ff", MB / 6)[..], b"\n"])),
        ("frames", flood(b"N", b"\x95\x00\x00\x00\x00\x00\x00\x00\x00", MB, b"")),
        ("buffers", flood(b"(", b"\x97", MB, b"t")),
        ("persistent ids", flood(b"N", b"Q", MB, b"")),
        ("extensions", flood(b"(", b"\x82\x01", MB, b"t")),
        ("bytes that print as four each", all(&[b"B", &(MB as u32).to_le_bytes()[..], &times(b"\0", MB)])),
    ]
}

/// Different names, each in as few bytes as possible.
fn classes(count: usize) -> Vec<u8> {
    let letters = |number: usize| [number % 90 + 33, number / 90 % 90 + 33].map(|letter| letter as u8);
    let class = |at: usize| [b"c", &letters(at)[..], b"\n", &letters(at / 8100)[..1], b"\n"].concat();
    (0..count).flat_map(class).collect()
}

fn numbers(count: usize) -> Vec<u8> {
    (0..count as u32).flat_map(|at| [b"r", &(at * 17 + 3).to_le_bytes()[..]].concat()).collect()
}

/// Parts that are nested 200,000 times.
pub fn deep() -> Vec<Bomb> {
    let nested = |start: &[u8], end: &[u8]| all(&[&times(start, LONG)[..], b"N", &times(end, LONG)]);
    vec![
        ("lists", nested(b"](", b"e")),
        ("tuples", nested(b"(", b"t")),
        ("dicts", nested(b"}N", b"s")),
        ("dict keys", nested(b"(", b"Nd")),
        ("sets", nested(b"\x8f(", b"\x90")),
        ("frozen sets", nested(b"(", b"\x91")),
        ("calls", nested(b"cm\nf\n", b"\x85R")),
        ("calls of calls", all(&[b"cm\nf\n", &times(b")R", LONG)[..]])),
        ("new objects", nested(b"cm\nP\n", b"\x85\x81")),
        ("states", nested(b"cm\nP\n)\x81", b"b")),
        ("attributes", all(&[b"cm\nP\n", &times(b"q\x000cbuiltins\ngetattr\nh\x00\x8c\x01a\x86R", LONG)[..]])),
        ("built-in sets", nested(b"cbuiltins\nset\n", b"\x85R")),
        ("persistent ids", nested(b"N", b"Q")),
        ("partial calls", all(&[b"cfunctools\npartial\n", &times(b")R", LONG)[..]])),
        ("objects of python 2", nested(b"(cm\nP\n", b"o")),
        ("instances of python 2", nested(b"(", b"im\nP\n")),
        ("an object that is its own state", all(&[b"cm\nP\n)\x81q\x00h\x00b"])),
        ("an object that is in its own state", all(&[b"cm\nP\n)\x81q\x00}\x8c\x01xh\x00sb"])),
        ("a tuple through a list", all(&[b"]q\x00h\x00\x85a"])),
        ("two lists in one another", all(&[b"]q\x00]q\x01h\x00ah\x01a"])),
    ]
}

/// Bytes that are not a pickle, and must be refused before anything is made of them.
pub fn lies() -> Vec<Bomb> {
    let huge = (1_u64 << 40).to_le_bytes();
    let lying = |code: u8| [&[b'\x80', 5, code][..], &huge, b"x."].concat();
    let digits = |start: &[u8], digit: &[u8], end: &[u8]| all(&[start, &times(digit, 1_000_000), end]);
    vec![
        ("BINBYTES8", lying(0x8e)),
        ("BINUNICODE8", lying(0x8d)),
        ("BYTEARRAY8", lying(0x96)),
        ("FRAME", lying(0x95)),
        ("LONG4", b"\x80\x02\x8b\xff\xff\xff\x7fx.".to_vec()),
        ("negative LONG4", b"\x80\x02\x8b\xff\xff\xff\xffx.".to_vec()),
        ("BINUNICODE", b"X\xff\xff\xff\xffx.".to_vec()),
        ("LONG_BINGET", b"j\xff\xff\xff\x7f.".to_vec()),
        ("GET", b"g999999999999999999999\n.".to_vec()),
        ("decimal digits of LONG", digits(b"L", b"7", b"L\n")),
        ("decimal digits of INT", digits(b"I", b"7", b"\n")),
        ("no end", times(b"N", 1000)),
        ("nothing", Vec::new()),
    ]
}

/// Valid pickles that look like such bytes.
pub fn honest() -> Vec<Bomb> {
    let digits = |start: &[u8], digit: &[u8], end: &[u8]| all(&[start, &times(digit, 1_000_000), end]);
    vec![
        ("LONG_BINPUT", b"Nr\x00\x94\x35\x77.".to_vec()),
        ("hexadecimal digits", digits(b"L0x", b"7", b"L\n")),
        ("binary digits", digits(b"I0b", b"1", b"\n")),
        ("digits of a float", digits(b"F0.", b"7", b"\n")),
        ("LONG4", all(&[&long4(1_000_000)[..]])),
    ]
}
