# Objects of the standard library's classes, by text that makes them; a class that a Python does not have is left out.
import importlib, pickle

MODULES = """
_collections_abc argparse array ast builtins calendar codecs collections collections.abc configparser contextlib copy csv
dataclasses datetime decimal difflib email email.charset email.errors email.header email.headerregistry email.message
email.mime.text email.policy enum fractions functools getopt graphlib html.parser http http.cookiejar http.cookies inspect
io ipaddress itertools json json.decoder json.encoder logging netrc numbers operator optparse pathlib pickle pickletools
plistlib pprint random re reprlib sched selectors shlex signal stat statistics string struct symtable tarfile textwrap
timeit tokenize tomllib traceback types typing urllib.error urllib.parse urllib.request uuid weakref wsgiref.headers
xml.dom xml.dom.minidom xml.etree.ElementTree xml.sax xml.sax.handler xml.sax.saxutils xml.sax.xmlreader xmlrpc.client
zipfile zoneinfo
""".split()

# What does something when it is made.
LEFT_OUT = """
argparse.FileType logging.FileHandler logging.Handler logging.Logger io.FileIO zipfile.ZipFile zipfile.PyZipFile
tarfile.TarFile random.SystemRandom urllib.request.URLopener urllib.request.FancyURLopener urllib.error.HTTPError _io.FileIO
socket.socket _socket.socket tempfile._TemporaryFileCloser tempfile._TemporaryFileWrapper
""".split()

# No number that could be that of an open file.
ARGUMENTS = ["", "'x'", "1001", "[1, 2]", "'x', 1", "b'x'", "{'a': 1}", "[('a', 1)]", "int", "2001, 2", "2001, 2, 3", "'a', 'b', 'c'"]

CLASSES = r'''
class L(list): pass
class D(dict): pass
class T(tuple): pass
class I(int): pass
class F(float): pass
class C(complex): pass
class S(str): pass
class B(bytes): pass
class BA(bytearray): pass
class Set(set): pass
class Frozen(frozenset): pass
class Plain: pass
class Slots:
    __slots__ = ("a", "b")
class SlotsAndDict(Slots): pass
class Wants:
    def __new__(cls, a, b=2, *, c=3):
        self = super().__new__(cls)
        self.all = (a, b, c)
        return self
    def __getnewargs__(self): return self.all[:2]
class WantsNamed(Wants):
    def __getnewargs_ex__(self): return self.all[:2], {"c": self.all[2]}
class WantsKept:
    "Its arguments are also in its state."
    def __new__(cls, *args):
        self = super().__new__(cls)
        self.args = args
        return self
    def __getnewargs__(self): return self.args
class WantsOnce:
    "What protocols 0 and 1 can make alone."
    def __new__(cls, a): return super().__new__(cls)
class Empty:
    log = []
    def __getstate__(self): return ()
    def __setstate__(self, state): self.was = state
class Nothing(Empty):
    def __getstate__(self): return False
class SixParts:
    def __init__(self, value): self.value = value
    def __setstate__(self, state): raise TypeError("the function does it")
    def __reduce__(self): return (SixParts, (0,), vars(self), None, None, put)
def put(target, state): vars(target).update(state)
class AllParts(list):
    def __init__(self, *args): super().__init__(*args); self.entries = {}
    def __setitem__(self, key, value): self.entries[key] = value
    def __reduce__(self): return (AllParts, (), {"a": 1}, iter(list(self)), iter([("k", 1), ("l", 2)]))
class Token:
    def __reduce__(self): return "TOKEN"
TOKEN = Token()
class Outer:
    class Inner(list):
        def method(self): return self
    @classmethod
    def make(cls): return cls
class Deep:
    "Its own arguments refer to it."
    def __init__(self, parts): self.parts = parts
    def __reduce__(self): return Deep, (self.parts,)
class Stated(list):
    def __getstate__(self): return [1]
    def __setstate__(self, state): self.was = state
class Default(dict):
    def __missing__(self, key): return key
class WithReduceOfBase(list):
    def __reduce_ex__(self, protocol): return copyreg._reduce_ex(self, 1)
import abc, collections, collections.abc, copyreg, dataclasses, datetime, enum, typing
Point = collections.namedtuple("Point", "x y")
class Named(typing.NamedTuple):
    a: int
    b: str = "b"
@dataclasses.dataclass
class Data:
    a: int
    b: list = dataclasses.field(default_factory=list)
@dataclasses.dataclass(frozen=True)
class FrozenData:
    a: int
class Color(enum.Enum):
    RED = 1
    BLUE = "b"
class Number(enum.IntEnum):
    ONE = 1
class Flags(enum.Flag):
    A = 1
    B = 2
class TextEnum(str, enum.Enum):
    A = "a"
class Zone(datetime.tzinfo):
    def utcoffset(self, when): return datetime.timedelta(hours=1)
class Error(Exception):
    def __init__(self, a, b): super().__init__(a); self.b = b
    def __reduce__(self): return Error, (self.args[0], self.b)
def filled(value, **attributes):
    for name, each in attributes.items(): setattr(value, name, each)
    return value
def itself(value, put):
    put(value, value)
    return value
def knot():
    parts = []
    deep = Deep(parts)
    parts.append(deep)
    return deep
def frozen_knot():
    plain = Plain()
    plain.frozen = frozenset([plain])
    return plain.frozen
def frozen_sub_knot():
    plain = Plain()
    plain.frozen = Frozen([plain])
    return plain.frozen
def set_knot(kind=set):
    plain, other = Plain(), Plain()
    plain.set = kind([plain])
    plain.list, plain.tuple, other.set = [plain.set], (plain, [other]), {1: plain.set}
    return plain.set
def tuple_knot(kind=tuple):
    parts = []
    both = kind((Plain(), parts, "x"))
    parts.append(both)
    return both
'''
exec(CLASSES)

MORE = r'''
L([1, 2])                       L()                             filled(L([1, [2]]), a=[3])
D(a=1)                          D()                             filled(D(a=[1]), b=2)
T((1, 2))                       T()                             filled(T((1, [2])), a=1)
T(range(100))                   I(5)                            filled(I(5), a=1)
F(1.5)                          C(1, 2)                         filled(S("x"), a=1)
S("text")                       B(b"bytes")                     BA(b"bytes")
filled(B(b"x"), a=1)            filled(BA(b"x"), a=1)           filled(C(1), a=1)
Set([1, 2])                     Frozen([1, 2])                  filled(Set([1]), a=1)
Plain()                         filled(Plain(), a=1, b=[2])     filled(Slots(), a=1)
filled(Slots(), a=1, b=2)       filled(SlotsAndDict(), a=1, c=2)                                Slots()
Wants(1)                        Wants([1], 2, c=4)              WantsNamed(1, 2, c=5)
filled(WantsOnce(1), a=1)       WantsOnce(1)                    Empty()
Nothing()                       SixParts([1, 2])                itself(SixParts([1, 2]), lambda a, b: setattr(a, "me", [b]))                                AllParts([1, 2])
TOKEN                           Outer.Inner([1])                Outer.Inner
[Outer.Inner.method, Outer.make, Outer().make]                  Outer.Inner([1]).method
knot()                          frozen_knot()                   frozen_sub_knot()
tuple_knot()                    tuple_knot(T)                   Stated([1])
set_knot()                      set_knot(Set)                   [set_knot(), set_knot()]
WantsKept([1], "a", {2})        (lambda one: [one.args, one, one.args])(WantsKept(frozenset([1]), bytearray(b"x")))
WantsKept()                     WantsKept((1, "a"), b"x")       (lambda one: [one, WantsKept(*one.args)])(WantsKept({"a": 1}))
Default(a=1)                    WithReduceOfBase([1, 2])        filled(WithReduceOfBase([1]), a=1)
Point(1, [2])                   Named(1)                        Data(1, [2])
FrozenData(1)                   list(Color)                     list(Number)
Flags.A | Flags.B               TextEnum.A                      datetime.datetime(2020, 1, 2, tzinfo=Zone())
Error(1, 2)                     filled(ValueError("x", 1), a=1)  [ValueError("x"), KeyError(), OSError(2, "no", "f")]
itself([], list.append)         itself(L(), L.append)           itself(Plain(), lambda a, b: setattr(a, "me", b))
itself({}, lambda a, b: a.update(me=b))                         itself(D(), lambda a, b: a.update(me=b))
(lambda one: [one, one, (one,), {"a": one}])([])                (lambda one: [one, one])(Plain())
(lambda one: [one, one])((1, [2]))                              (lambda one: [one, one])(b"x" * 200)
(lambda one: [one, one])(bytearray(b"x"))                       (lambda one: [one, one])(L([1]))
(lambda one: [one, one])(filled(L([1]), a=1))                   (lambda one: [one, one])(Point(1, 2))
(lambda error: [error, error.args])(ValueError("x", 1))         [e for e in (None, True, False, 0, -1, 2**70, -2**70, 1.5, 1e300, 2j)]
["", "a" * 300, "\ud800", "\n\\", "\x00", "é€𝄞"]                [b"", b"a" * 300, bytes(range(256)), bytearray()]
[float("inf"), float("-inf"), -0.0, float("nan")]               [set(), {1}, frozenset(), frozenset([1, "a"])]
{1: 2, "a": [3], None: (), (1, 2): {}, 2.5: b""}                list(range(2500))
{n: str(n) for n in range(1200)}                                set(range(1200))
collections.OrderedDict(a=1, b=[2])                             filled(collections.OrderedDict(a=1), extra=2)
collections.defaultdict(list, a=[1])                            collections.defaultdict(None, a=1)
collections.Counter("hello")    collections.deque([1, 2])       collections.deque([1, 2, 3], 2)
collections.ChainMap({1: 2}, {3: 4})                            collections.UserDict(a=1)
collections.UserList([1])       collections.UserString("a")     filled(collections.deque([1]), ) 
array.array("i", [1, 2])        array.array("d", [1.5])         array.array("b")
decimal.Decimal("1.50")         fractions.Fraction(1, 3)        decimal.Context(prec=5)
uuid.UUID(int=5)                pathlib.PurePosixPath("/a/b")   pathlib.PureWindowsPath("c:/a")
datetime.date(2020, 1, 2)       datetime.time(1, 2, 3, 4)       datetime.timedelta(1, 2, 3)
datetime.datetime(2020, 1, 2, 3, 4, fold=1)                     datetime.timezone(datetime.timedelta(hours=1), "x")
datetime.datetime.now(datetime.timezone.utc)                    zoneinfo.ZoneInfo("UTC")
range(1, 10, 2)                 slice(1, 2, 3)                  [..., NotImplemented, type(None), type(...)]
[len, print, str.join, "a".join, [].append, dict.fromkeys]      operator.itemgetter(1, "a")
operator.attrgetter("a.b")      operator.methodcaller("x", 1, k=2)                              operator.methodcaller("x")
functools.partial(int, "10", base=2)                            filled(functools.partial(print), a=1)
functools.partial(functools.partial(int, base=2), "10")         functools.cmp_to_key
re.compile("a+", re.I)          random.Random(5)                types.SimpleNamespace(a=1, b=[2])
io.BytesIO(b"abc")              io.StringIO("abc\n")            filled(io.BytesIO(b"a"), a=1)
ipaddress.ip_address("1.2.3.4")  ipaddress.ip_network("::/64")   ipaddress.ip_interface("1.2.3.4/8")
http.cookies.SimpleCookie("a=1; b=2")                           http.cookies.SimpleCookie("c=3; Path=/")["c"]
argparse.Namespace(a=1)         string.Template("$a")           email.message_from_string("A: b\n\nbody")
email.mime.text.MIMEText("body")                                logging.LogRecord("a", 10, "p", 5, "m %s", ("x",), None)
ast.parse("def f(a, *b): return a + 1")                         xml.etree.ElementTree.fromstring("<a b='c'>d<e/>f</a>")
xml.dom.minidom.parseString("<a b='c'>d</a>")                   inspect.signature(lambda a, *, b=1: a)
inspect.Parameter("a", inspect.Parameter.KEYWORD_ONLY)          time.struct_time(range(9))
statistics.NormalDist(1, 2)     textwrap.TextWrapper(width=10)  configparser.ConfigParser()
csv.excel                       urllib.parse.urlparse("http://a/b?c")                           urllib.error.URLError("x")
list[int]                       dict[str, list[int]]            typing.List[int]
typing.Optional[int]            typing.Callable[[int], str]     int | None
weakref.WeakKeyDictionary       iter([1, 2, 3])                 iter((1, 2))
iter("abc")                     iter(range(5))                  reversed([1, 2])
iter({1: 2})                    iter({1, 2})                    enumerate([1, 2])
zip([1], [2])                   map(str, [1, 2])                filter(None, [1, 0])
itertools.count(5)              itertools.chain([1], [2])       itertools.cycle([1, 2])
itertools.repeat(1, 5)          itertools.islice([1, 2, 3], 1, 3)                               itertools.product([1], [2, 3])
json.JSONDecodeError("m", "doc", 1)                             UnicodeDecodeError("utf-8", b"x", 0, 1, "r")
StopIteration(5)                SystemExit(3)                   KeyboardInterrupt()
ExceptionGroup("g", [ValueError(1)])                            BaseExceptionGroup("g", [KeyboardInterrupt()])
ImportError("m", name="n", path="p")                            AttributeError("m", name="n", obj=1)
filled(ValueError(1), __notes__=["a"])                          SyntaxError("m", ("f", 1, 2, "t"))
plistlib.UID(5)                 tarfile.TarInfo("x")            zipfile.ZipInfo("x")
graphlib.TopologicalSorter      difflib.SequenceMatcher(None, "a", "b")                         email.policy.default
calendar.Calendar()             calendar.HTMLCalendar()         optparse.Values({"a": 1})
types.MethodType(Outer.Inner.method, Outer.Inner([1]))      types.GenericAlias(list, int)   hashlib.md5
os.stat_result(range(10))       os.environ.__class__            os.path.join
unittest.TestResult             unittest.TestSuite()            doctest.Example("1", "1")
xmlrpc.client.Fault(1, "s")     xmlrpc.client.DateTime("20200101T00:00:00")                     xmlrpc.client.Binary(b"x")
http.HTTPStatus.OK              signal.SIGINT                   socket.AF_INET
ssl.PROTOCOL_TLS_CLIENT         re.I | re.M                     uuid.SafeUUID.safe
asyncio.TimeoutError("x")       concurrent.futures.CancelledError()                             multiprocessing.ProcessError("x")
'''

USED = "array argparse ast asyncio calendar collections concurrent.futures configparser csv datetime decimal difflib doctest email email.mime.text " \
    "email.policy fractions functools graphlib hashlib http http.cookies inspect io ipaddress itertools json logging " \
    "multiprocessing operator optparse os pathlib plistlib random re signal socket ssl statistics string tarfile textwrap time types typing " \
    "unittest urllib.error urllib.parse uuid weakref xml.dom.minidom xml.etree.ElementTree xmlrpc.client zipfile zoneinfo"


def imported(names):
    for name in names:
        try:
            importlib.import_module(name)
            globals().setdefault(name.split(".")[0], importlib.import_module(name.split(".")[0]))
            yield name
        except ImportError:
            pass


def texts_of_classes():
    "The classes of the modules, each with the arguments of which one is tried after another."
    import sys, warnings
    warnings.simplefilter("ignore")
    # Of objects that are only half made.
    sys.unraisablehook = lambda _: None
    done = set()
    for module in imported(MODULES):
        for name, value in sorted(vars(sys.modules[module]).items()):
            text = module + "." + name
            if not isinstance(value, type) or value in done or issubclass(value, Warning):
                continue
            if value.__module__ not in MODULES and value.__module__.lstrip("_") not in MODULES:
                continue
            if text in LEFT_OUT or value.__module__ + "." + value.__qualname__ in LEFT_OUT:
                continue
            done.add(value)
            yield [text] + ["%s(%s)" % (text, given) for given in ARGUMENTS]


def texts_of_more():
    import re
    return [[text] for text in re.split(r"\n|\s{2,}", MORE) if text.strip()]


def first_that_pickles(texts):
    "The last of the texts, but for the class itself, that makes what comes back from a pickle as what it was."
    for text in texts[1:] or texts:
        try:
            value = eval(text)
            if any(pickled(value, protocol) for protocol in (2, 0)):
                return text
        except Exception:
            continue
    return None


def pickled(value, protocol):
    "The pickle, if what it holds is the same again once it is pickled and loaded; else nothing."
    try:
        way = getattr(value, "way", pickle)
        value = getattr(value, "value", value) if way is not pickle else value
        data = way.dumps(value, protocol)
        forget()
        again = load(data)
        same = describe(again) == describe(load(way.dumps(again, protocol)))
        return data if same else b""
    except Exception:
        return b""


def population():
    list(imported(USED.split()))
    return [text for text in map(first_that_pickles, [*texts_of_more(), *texts_of_classes()]) if text]
