//! Pickles by Python print as in Python, at each protocol, whether the pickle is inspected or loaded as a value.

mod python;

use state_core::pickle::{self, Pickle, PickleOptions, Strings};

/// Returns the text that an expression prints, and its pickles.
const SCRIPT: &str = r#"
import array, collections, datetime, decimal, fractions, pathlib, types, uuid, warnings, zoneinfo
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from zoneinfo import ZoneInfo
warnings.simplefilter("ignore")

def endless(kind, put):
    it = kind()
    put(it, it)
    return it

def doubled(it):
    return [it, it, (it, {1: it})]

def case(frame):
    it = eval(frame.decode())
    pickles = [pickle.dumps(it, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    pickles.append(pickle._dumps(it, 2))
    # Not all that an object prints is kept at each protocol.
    return packed(*[part for data in pickles for part in (repr(pickle.loads(data)).encode(), data)])
"#;

const BUILT_IN: &[&str] = &[
    "None",
    "[True, False]",
    "[0, -1, 255, 2**31, -2**63, 2**200, -2**2000]",
    "[0.0, -0.0, 1.5, 1e300, float('inf'), float('nan')]",
    "[1j, 1+2j, complex(-0.0, float('inf'))]",
    "['', 'it\\'s', 'a\\nb', 'é€😀']",
    "[b'', b'it\\'s', b'\\xff\\n', bytearray(), bytearray(b'\\'x\\xff')]",
    "[(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]",
    "[[], [[]], {}, {1: {}}, set(), {7}, frozenset(), frozenset([7])]",
    "Ellipsis",
    "[..., NotImplemented, (...,)]",
    "[type(None), type(...), type(NotImplemented)]",
    "[int, dict, ValueError, type]",
    "[print, len, eval, getattr, __import__]",
    "[collections.OrderedDict, decimal.Decimal, datetime.date]",
    "[range(3), range(1, 3), range(9, 1, -2), range(0)]",
    "[slice(3), slice(1, None), slice(1, 9, 2)]",
    "[ValueError(), ValueError('x', 1), KeyError('k'), StopIteration(1)]",
    "doubled([1])",
    "doubled((1, 'text'))",
    "doubled('a text that is longer than sixty-four bytes, so that it is not always shown' * 2)",
    "endless(list, list.append)",
    "endless(dict, lambda it, me: it.update(me=me))",
    "endless(list, lambda it, me: it.append((me, {1: me})))",
];

const DATES: &[&str] = &[
    "date(2024, 2, 29)",
    "[date.min, date.max]",
    "[time(), time(1, 2), time(1, 2, 3), time(1, 2, 0, 4), time.max, time(1, fold=1)]",
    "time(1, 2, fold=1, tzinfo=timezone(timedelta(hours=1)))",
    "datetime.datetime(2024, 1, 2)",
    "[datetime.datetime.min, datetime.datetime.max, datetime.datetime(2024, 1, 2, 3, 4, 5, 999999, fold=1)]",
    "datetime.datetime(2024, 1, 2, tzinfo=timezone.utc)",
    "datetime.datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=-9, minutes=-30), 'C\\'E\\n'))",
    "datetime.datetime(2024, 7, 2, 3, tzinfo=ZoneInfo('Europe/Berlin'))",
    "[timedelta(), timedelta(1), timedelta(hours=-5, microseconds=7), timedelta.max, timedelta.min]",
    "[timezone.utc, timezone(timedelta(0)), timezone(timedelta(0), 'UTC'), timezone(timedelta(hours=1))]",
    "[ZoneInfo('Europe/Berlin'), ZoneInfo('UTC'), ZoneInfo.no_cache('America/New_York')]",
    "doubled(date(2024, 2, 29))",
    "doubled(datetime.datetime(2024, 1, 2, tzinfo=ZoneInfo('UTC')))",
    "{date(2024, 2, 29): timedelta(1)}",
];

const NUMBERS: &[&str] = &[
    "[Decimal('-1.50'), Decimal('NaN'), Decimal('1E+9')]",
    "[Fraction(3, 4), Fraction(-1, 3), Fraction(7), Fraction(0), Fraction(2**200, 3**99)]",
    "[uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID('12345678-9abc-def0-1234-56789abcdef0')]",
    "uuid.UUID(int=5, is_safe=uuid.SafeUUID.safe)",
    "doubled([Fraction(3, 4), uuid.UUID(int=7)])",
    "[array.array(code) for code in 'bBhHiIlLqQfd']",
    "[array.array(code, [0, 1, 100]) for code in 'bBhHiIlLqQfd']",
    "[array.array('b', [-128, 127]), array.array('Q', [2**64 - 1]), array.array('f', [0.1, float('inf')])]",
    "[array.array('u'), array.array('u', 'aé\\'€'), array.array('u', '😀\\n')]",
    "array.array('d', [0.1] * 1000)",
    "array.array('h', range(-50, 50))",
    "array.array('u', 'long' * 99)",
    "doubled(array.array('i', [1, 2]))",
    "doubled(array.array('i'))",
];

const CONTAINERS: &[&str] = &[
    "[OrderedDict(), defaultdict(), Counter(), deque()]",
    "defaultdict(int, {'b': 1, 'a': 2})",
    "defaultdict(list, {1: [2]})",
    "defaultdict(None, {1: 2})",
    "[deque([1]), deque([1], 2), deque([1, 2, 3], 2), deque([], 0), deque('abc')]",
    "[Counter('hello'), Counter('abbccc'), Counter([1, 1, 2]), Counter(a=-1, b=2, c=0)]",
    "[Counter({'a': 0.5, 'b': 2}), Counter({'a': True, 'b': 2**70}), Counter({'a': float('-inf'), 'b': -2**200})]",
    "Counter({(1, 2): 1, 'x': 3, None: 2})",
    "Counter({'a': None, 'b': 1})",
    "[SimpleNamespace(), SimpleNamespace(a=1, b='x'), SimpleNamespace(inner=SimpleNamespace(c=[]))]",
    "{'a': deque([Counter('aab'), defaultdict(dict, {1: deque([], 3)})], 5)}",
    "doubled(Counter('hello'))",
    "doubled(deque([1, 2], 3))",
    "doubled(defaultdict(int, {1: 2}))",
    "doubled(SimpleNamespace(a=1))",
    "endless(deque, deque.append)",
    "endless(lambda: defaultdict(list), lambda it, me: it.update({1: me}))",
    "endless(SimpleNamespace, lambda it, me: it.__dict__.update(me=me))",
];

const PATHS: &[&str] = &[
    "[pathlib.PurePosixPath(), pathlib.PurePosixPath('/'), pathlib.PurePosixPath('/usr/lib'), pathlib.PurePosixPath('a/../b')]",
    "[pathlib.PurePosixPath('//a'), pathlib.PurePosixPath('it\\'s'), pathlib.Path('x/y')]",
    "[pathlib.PureWindowsPath('c:/a/b'), pathlib.PureWindowsPath('a\\\\b'), pathlib.PureWindowsPath('//host/share/a')]",
    "doubled(pathlib.PurePosixPath('/usr/lib'))",
];

/// A tree joined to one line.
fn on_one_line(tree: &str) -> String {
    let mut line = String::new();
    for part in tree.split('\n') {
        let part = part.trim_start_matches(' ');
        if part.starts_with([')', ']', '}', '>']) && line.ends_with(", ") {
            line.truncate(line.len() - 2);
        }
        line.push_str(part);
        if line.ends_with(',') {
            line.push(' ');
        }
    }
    line
}

/// Checks that a pickle and its value both print this, on a line and as a tree.
fn prints(pickle: &[u8], options: &PickleOptions, expected: &str, what: &str) {
    let (opened, loaded) = (options.open(pickle).unwrap(), options.load_value(pickle).unwrap());
    assert_eq!(opened.to_string(), expected, "{what}: the pickle");
    assert_eq!(loaded.to_string(), expected, "{what}: the value");
    let (tree, of_value) = (format!("{opened:#}"), format!("{loaded:#}"));
    assert_eq!(tree, of_value, "{what}");
    assert_eq!(on_one_line(&tree), expected.replace(",)", ")"), "{what}: {tree}");
}

fn as_python(table: &[&str]) {
    let frames: Vec<Vec<u8>> = table.iter().map(|text| text.as_bytes().to_vec()).collect();
    let answers = python::answers(&[python::WRITE, SCRIPT].concat(), &frames).unwrap_or_default();
    for (expression, answer) in table.iter().zip(&answers) {
        for (at, pair) in python::parts(answer).chunks(2).enumerate() {
            let expected = core::str::from_utf8(pair[0]).unwrap();
            prints(pair[1], &PickleOptions::new(), expected, &format!("{expression}, protocol {at}"));
        }
    }
}

#[test]
fn what_is_built_in() {
    as_python(BUILT_IN);
}

#[test]
fn dates_and_times() {
    as_python(DATES);
}

#[test]
fn numbers_and_arrays() {
    as_python(NUMBERS);
}

#[test]
fn containers() {
    as_python(CONTAINERS);
}

#[test]
fn paths() {
    as_python(PATHS);
}

/// Pickles by Python 2.7, compared with the output of Python 3 with 8-bit strings read as Latin-1.
const OF_PYTHON_2: &[&[u8]] = &[
    b"cdatetime\ndatetime\np0\n(S'\\x07\\xe1\\x01\\x02\\x03\\x04\\x05\\x00\\x00\\x06'\np1\ntp2\nRp3\n.",
    b"\x80\x02cdatetime\ndatetime\nq\x00U\n\x07\xe1\x01\x02\x03\x04\x05\x00\x00\x06q\x01\x85q\x02Rq\x03.",
    b"cdatetime\ndatetime\np0\n(S'\\x07\\xe1\\x01\\x02\\x00\\x00\\x00\\x00\\x00\\x00'\np1\ntp2\nRp3\n.",
    b"\x80\x02cdatetime\ndatetime\nq\x00U\n\x07\xe1\x01\x02\x00\x00\x00\x00\x00\x00q\x01\x85q\x02Rq\x03.",
    b"cdatetime\ndate\np0\n(S'\\x07\\xe1\\x01\\x02'\np1\ntp2\nRp3\n.",
    b"\x80\x02cdatetime\ndate\nq\x00U\x04\x07\xe1\x01\x02q\x01\x85q\x02Rq\x03.",
    b"cdatetime\ntime\np0\n(S'\\x08\\x02\\x01\\x00\\x00\\x00'\np1\ntp2\nRp3\n.",
    b"\x80\x02cdatetime\ntime\nq\x00U\x06\x08\x02\x01\x00\x00\x00q\x01\x85q\x02Rq\x03.",
    b"ccollections\nOrderedDict\np0\n((lp1\n(lp2\nS'a'\np3\naI1\naa(lp4\nS'b'\np5\na(lp6\nI2\naaatp7\nRp8\n.",
    b"\x80\x02ccollections\nOrderedDict\nq\x00]q\x01(]q\x02(U\x01aq\x03K\x01e]q\x04(U\x01bq\x05]q\x06K\x02aee\x85q\x07Rq\x08.",
    b"ccollections\nOrderedDict\np0\n((lp1\ntp2\nRp3\n.",
    b"\x80\x02ccollections\nOrderedDict\nq\x00]q\x01\x85q\x02Rq\x03.",
    b"ccollections\ndefaultdict\np0\n(c__builtin__\nlist\np1\ntp2\nRp3\nS'a'\np4\n(lp5\nI1\nas.",
    b"\x80\x02ccollections\ndefaultdict\nq\x00c__builtin__\nlist\nq\x01\x85q\x02Rq\x03U\x01aq\x04]q\x05K\x01as.",
    b"ccollections\nCounter\np0\n((dp1\nS'h'\np2\nI1\nsS'e'\np3\nI1\nsS'l'\np4\nI2\nsS'o'\np5\nI1\nstp6\nRp7\n.",
    b"\x80\x02ccollections\nCounter\nq\x00}q\x01(U\x01hq\x02K\x01U\x01eq\x03K\x01U\x01lq\x04K\x02U\x01oq\x05K\x01u\x85q\x06Rq\x07.",
    b"ccollections\ndeque\np0\n((lp1\nI2\naI3\naI2\ntp2\nRp3\n.",
    b"\x80\x02ccollections\ndeque\nq\x00]q\x01(K\x02K\x03eK\x02\x86q\x02Rq\x03.",
    b"ccollections\ndeque\np0\n((lp1\ntp2\nRp3\n.",
    b"\x80\x02ccollections\ndeque\nq\x00]q\x01\x85q\x02Rq\x03.",
    b"carray\narray\np0\n(S'i'\np1\n(lp2\nI1\naI2\natp3\nRp4\n.",
    b"\x80\x02carray\narray\nq\x00U\x01iq\x01]q\x02(K\x01K\x02e\x86q\x03Rq\x04.",
    b"carray\narray\np0\n(S'd'\np1\n(lp2\ntp3\nRp4\n.",
    b"\x80\x02carray\narray\nq\x00U\x01dq\x01]q\x02\x86q\x03Rq\x04.",
    b"carray\narray\np0\n(S'u'\np1\n(lp2\nVa\np3\naV\xe9\np4\natp5\nRp6\n.",
    b"\x80\x02carray\narray\nq\x00U\x01uq\x01]q\x02(X\x01\x00\x00\x00aq\x03X\x02\x00\x00\x00\xc3\xa9q\x04e\x86q\x05Rq\x06.",
    b"ccopy_reg\n_reconstructor\np0\n(cuuid\nUUID\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n(dp5\nS'int'\np6\nI7\nsb.",
    b"\x80\x02cuuid\nUUID\nq\x00)\x81q\x01}q\x02U\x03intq\x03K\x07sb.",
    b"cfractions\nFraction\np0\n(S'3/4'\np1\ntp2\nRp3\n.",
    b"\x80\x02cfractions\nFraction\nq\x00U\x033/4q\x01\x85q\x02Rq\x03.",
    b"c__builtin__\nxrange\np0\n(I1\nI9\nI2\ntp1\nRp2\n.",
    b"\x80\x02c__builtin__\nxrange\nq\x00K\x01K\x09K\x02\x87q\x01Rq\x02.",
];

const LATIN1: &str = r"
import pickle

def case(data):
    return ' '.join(repr(pickle.loads(data, encoding='latin1')).split())
";

/// The output from Python 3.12 on, which shows a dict where pairs were shown before.
fn of_newest(text: String) -> String {
    let pairs = text.strip_prefix("OrderedDict([(").and_then(|rest| rest.strip_suffix(")])"));
    match pairs {
        None => text,
        Some(pairs) => {
            let entries: Vec<_> = pairs.split("), (").map(|pair| pair.replacen(", ", ": ", 1)).collect();
            format!("OrderedDict({{{}}})", entries.join(", "))
        }
    }
}

#[test]
fn what_python_2_wrote() {
    let frames: Vec<Vec<u8>> = OF_PYTHON_2.iter().map(|data| data.to_vec()).collect();
    let answers = python::texts(LATIN1, &frames).unwrap_or_default();
    for (data, expected) in frames.iter().zip(answers) {
        let what = String::from_utf8_lossy(data);
        prints(data, &PickleOptions::new().strings(Strings::Latin1), &of_newest(expected), &what);
    }
}

#[test]
fn ordered_dicts_print_as_from_python_3_12_on() {
    let table = ["OrderedDict(a=1, b=2)", "OrderedDict([(1, 'x')])", "OrderedDict({'a': []})"];
    let frames = table.map(|text| text.as_bytes().to_vec());
    let answers = python::answers(&[python::WRITE, SCRIPT].concat(), &frames).unwrap_or_default();
    for (expression, answer) in table.iter().zip(&answers) {
        for pair in python::parts(answer).chunks(2) {
            prints(pair[1], &PickleOptions::new(), &of_newest(String::from_utf8(pair[0].into()).unwrap()), expression);
        }
    }
}

/// Objects that are not built the way Python does still show all of their parts.
#[test]
fn nothing_is_left_out() {
    let cases: [(&[u8], &str); 12] = [
        // Attributes, as in torch's dicts of tensors.
        (
            b"\x80\x02ccollections\nOrderedDict\n)RX\x01\0\0\0aK\x01s}X\x09\0\0\0_metadataK\x02sb.",
            "OrderedDict(_metadata=2, {'a': 1})",
        ),
        (b"\x80\x02ccollections\nOrderedDict\n]K\x01K\x02\x86a\x85RK\x03K\x04s.", "OrderedDict({1: 2, 3: 4})"),
        (b"\x80\x02ccollections\nOrderedDict\n]K\x01a\x85R.", "OrderedDict([1])"),
        (b"\x80\x02ccollections\ndefaultdict\nN]K\x01K\x02\x86a\x86R.", "defaultdict(None, {1: 2})"),
        (b"\x80\x02ccollections\ndeque\n]K\x01aK\x02\x86RK\x03aK\x04a.", "deque([3, 4], maxlen=2)"),
        (b"\x80\x02ccollections\ndeque\nX\x02\0\0\0ab\x85R.", "deque('ab')"),
        (b"\x80\x02ccollections\nCounter\n}K\x01K\x02s\x85RK\x03K\x04s.", "Counter({3: 4, 1: 2})"),
        (b"\x80\x02carray\narray\nX\x01\0\0\0b]K\x01a\x86RK\x02a.", "array('b', [1, 2])"),
        (b"\x80\x02cfractions\nFraction\nK\x06K\x08\x86R.", "Fraction(6, 8)"),
        (b"\x80\x02cuuid\nUUID\n)\x81}(X\x03\0\0\0intK\x07X\x01\0\0\0xK\x08ub.", "UUID(int=7, x=8)"),
        (
            b"\x80\x02cdatetime\ndate\nC\x04\x07\xe1\x01\x02\x85R}X\x01\0\0\0xK\x08sb.",
            "date(b'\\x07\\xe1\\x01\\x02', x=8)",
        ),
        (b"\x80\x02ctypes\nSimpleNamespace\nK\x01\x85R.", "SimpleNamespace(1)"),
    ];
    for (data, expected) in cases {
        prints(data, &PickleOptions::new(), expected, expected);
    }
}

#[test]
fn trees_show_a_field_on_each_line() {
    let table = [
        (
            b"\x80\x03cdatetime\ndate\nC\x04\x07\xe1\x01\x02\x85R.".to_vec(),
            "datetime.date(\n    2017,\n    1,\n    2,\n)",
        ),
        (b"\x80\x03cfractions\nFraction\nX\x03\0\0\x003/4\x85R.".to_vec(), "Fraction(\n    3,\n    4,\n)"),
        (b"\x80\x03cbuiltins\nrange\nK\0K\x03K\x01\x87R.".to_vec(), "range(\n    0,\n    3,\n)"),
        (
            b"\x80\x03carray\n_array_reconstructor\n(carray\narray\nX\x01\0\0\0bK\x01C\x02\x01\xfftR.".to_vec(),
            "array(\n    'b',\n    [\n        1,\n        -1,\n    ],\n)",
        ),
        (b"\x80\x02cpathlib\nPosixPath\nX\x02\0\0\0/a\x85R.".to_vec(), "PosixPath(\n    '/a',\n)"),
    ];
    for (data, tree) in table {
        assert_eq!(format!("{:#}", Pickle::open(&data).unwrap()), tree);
        assert_eq!(format!("{:#}", pickle::load_value(&data).unwrap()), tree);
    }
}
