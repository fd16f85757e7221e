//! The names in Python 2 of what has another name in Python 3, in both directions: what `fix_imports` means below
//! protocol 3.
//!
//! A test compares the pairs with those of Python's module `_compat_pickle`.

/// Module of Python 2, module of Python 3.
type Module = (&'static str, &'static str);

/// Module and name of Python 2, module and name of Python 3.
type Name = (&'static str, &'static str, &'static str, &'static str);

const MODULES: &[Module] = &[
    ("BaseHTTPServer", "http.server"),
    ("ConfigParser", "configparser"),
    ("Cookie", "http.cookies"),
    ("Dialog", "tkinter.dialog"),
    ("HTMLParser", "html.parser"),
    ("Queue", "queue"),
    ("ScrolledText", "tkinter.scrolledtext"),
    ("SimpleXMLRPCServer", "xmlrpc.server"),
    ("SocketServer", "socketserver"),
    ("Tix", "tkinter.tix"),
    ("Tkconstants", "tkinter.constants"),
    ("Tkdnd", "tkinter.dnd"),
    ("Tkinter", "tkinter"),
    ("__builtin__", "builtins"),
    ("_abcoll", "collections.abc"),
    ("_winreg", "winreg"),
    ("anydbm", "dbm"),
    ("commands", "subprocess"),
    ("cookielib", "http.cookiejar"),
    ("copy_reg", "copyreg"),
    ("dbhash", "dbm.bsd"),
    ("dbm", "dbm.ndbm"),
    ("dumbdbm", "dbm.dumb"),
    ("dummy_thread", "_dummy_thread"),
    ("gdbm", "dbm.gnu"),
    ("htmlentitydefs", "html.entities"),
    ("httplib", "http.client"),
    ("markupbase", "_markupbase"),
    ("repr", "reprlib"),
    ("robotparser", "urllib.robotparser"),
    ("test.test_support", "test.support"),
    ("thread", "_thread"),
    ("tkColorChooser", "tkinter.colorchooser"),
    ("tkCommonDialog", "tkinter.commondialog"),
    ("tkFileDialog", "tkinter.filedialog"),
    ("tkFont", "tkinter.font"),
    ("tkMessageBox", "tkinter.messagebox"),
    ("tkSimpleDialog", "tkinter.simpledialog"),
    ("ttk", "tkinter.ttk"),
    ("urllib2", "urllib.request"),
    ("urlparse", "urllib.parse"),
    ("xmlrpclib", "xmlrpc.client"),
];

/// Further modules, whose name in Python 3 is converted to another one in Python 2.
const MODULES_TO_3: &[Module] = &[
    ("CGIHTTPServer", "http.server"),
    ("DocXMLRPCServer", "xmlrpc.server"),
    ("FileDialog", "tkinter.filedialog"),
    ("SimpleDialog", "tkinter.simpledialog"),
    ("SimpleHTTPServer", "http.server"),
    ("StringIO", "io"),
    ("UserDict", "collections"),
    ("UserList", "collections"),
    ("UserString", "collections"),
    ("_elementtree", "xml.etree.ElementTree"),
    ("cPickle", "pickle"),
    ("cStringIO", "io"),
    ("whichdb", "dbm"),
];

const MODULES_TO_2: &[Module] =
    &[("bz2", "_bz2"), ("dbm", "_dbm"), ("functools", "_functools"), ("gdbm", "_gdbm"), ("pickle", "_pickle")];

const NAMES: &[Name] = &[
    ("UserDict", "IterableUserDict", "collections", "UserDict"),
    ("UserList", "UserList", "collections", "UserList"),
    ("UserString", "UserString", "collections", "UserString"),
    ("__builtin__", "intern", "sys", "intern"),
    ("__builtin__", "long", "builtins", "int"),
    ("__builtin__", "reduce", "functools", "reduce"),
    ("__builtin__", "unichr", "builtins", "chr"),
    ("__builtin__", "unicode", "builtins", "str"),
    ("__builtin__", "xrange", "builtins", "range"),
    ("_multiprocessing", "Connection", "multiprocessing.connection", "Connection"),
    ("_socket", "fromfd", "socket", "fromfd"),
    ("itertools", "ifilter", "builtins", "filter"),
    ("itertools", "ifilterfalse", "itertools", "filterfalse"),
    ("itertools", "imap", "builtins", "map"),
    ("itertools", "izip", "builtins", "zip"),
    ("itertools", "izip_longest", "itertools", "zip_longest"),
    ("multiprocessing", "AuthenticationError", "multiprocessing.context", "AuthenticationError"),
    ("multiprocessing", "BufferTooShort", "multiprocessing.context", "BufferTooShort"),
    ("multiprocessing", "ProcessError", "multiprocessing.context", "ProcessError"),
    ("multiprocessing", "TimeoutError", "multiprocessing.context", "TimeoutError"),
    ("multiprocessing.forking", "Popen", "multiprocessing.popen_fork", "Popen"),
    ("multiprocessing.process", "Process", "multiprocessing.context", "Process"),
    ("urllib", "ContentTooShortError", "urllib.error", "ContentTooShortError"),
    ("urllib", "getproxies", "urllib.request", "getproxies"),
    ("urllib", "pathname2url", "urllib.request", "pathname2url"),
    ("urllib", "quote", "urllib.parse", "quote"),
    ("urllib", "quote_plus", "urllib.parse", "quote_plus"),
    ("urllib", "unquote", "urllib.parse", "unquote"),
    ("urllib", "unquote_plus", "urllib.parse", "unquote_plus"),
    ("urllib", "url2pathname", "urllib.request", "url2pathname"),
    ("urllib", "urlcleanup", "urllib.request", "urlcleanup"),
    ("urllib", "urlencode", "urllib.parse", "urlencode"),
    ("urllib", "urlopen", "urllib.request", "urlopen"),
    ("urllib", "urlretrieve", "urllib.request", "urlretrieve"),
    ("urllib2", "HTTPError", "urllib.error", "HTTPError"),
    ("urllib2", "URLError", "urllib.error", "URLError"),
    ("whichdb", "whichdb", "dbm", "whichdb"),
];

const NAMES_TO_3: &[Name] = &[
    ("UserDict", "UserDict", "collections", "UserDict"),
    ("__builtin__", "basestring", "builtins", "str"),
    ("exceptions", "StandardError", "builtins", "Exception"),
    ("socket", "_socketobject", "socket", "SocketType"),
];

const NAMES_TO_2: &[Name] = &[
    ("CGIHTTPServer", "CGIHTTPRequestHandler", "http.server", "CGIHTTPRequestHandler"),
    ("DocXMLRPCServer", "DocCGIXMLRPCRequestHandler", "xmlrpc.server", "DocCGIXMLRPCRequestHandler"),
    ("DocXMLRPCServer", "DocXMLRPCRequestHandler", "xmlrpc.server", "DocXMLRPCRequestHandler"),
    ("DocXMLRPCServer", "DocXMLRPCServer", "xmlrpc.server", "DocXMLRPCServer"),
    ("DocXMLRPCServer", "ServerHTMLDoc", "xmlrpc.server", "ServerHTMLDoc"),
    ("DocXMLRPCServer", "XMLRPCDocGenerator", "xmlrpc.server", "XMLRPCDocGenerator"),
    ("FileDialog", "FileDialog", "tkinter.filedialog", "FileDialog"),
    ("FileDialog", "LoadFileDialog", "tkinter.filedialog", "LoadFileDialog"),
    ("FileDialog", "SaveFileDialog", "tkinter.filedialog", "SaveFileDialog"),
    ("SimpleDialog", "SimpleDialog", "tkinter.simpledialog", "SimpleDialog"),
    ("SimpleHTTPServer", "SimpleHTTPRequestHandler", "http.server", "SimpleHTTPRequestHandler"),
    ("__builtin__", "reduce", "_functools", "reduce"),
    ("exceptions", "ImportError", "builtins", "ModuleNotFoundError"),
    ("socket", "_socketobject", "_socket", "socket"),
];

/// Exceptions in the module `exceptions` of Python 2, and in `builtins` of Python 3.
const EXCEPTIONS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BufferError",
    "BytesWarning",
    "DeprecationWarning",
    "EOFError",
    "EnvironmentError",
    "Exception",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "ReferenceError",
    "RuntimeError",
    "RuntimeWarning",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
];

/// Exceptions that are only `OSError` in Python 2.
const OS_ERRORS: &[&str] = &[
    "BrokenPipeError",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "FileExistsError",
    "FileNotFoundError",
    "InterruptedError",
    "IsADirectoryError",
    "NotADirectoryError",
    "PermissionError",
    "ProcessLookupError",
    "TimeoutError",
];

/// The lengths of the modules of Python 2 with other names, as bits, by their first letters. Names are converted for
/// every object, and most modules need no search.
const LENGTHS: [u32; 128] = {
    let mut lengths = [0; 128];
    note("exceptions", &mut lengths);
    let (mut table, modules) = (0, [MODULES, MODULES_TO_3]);
    while table < modules.len() {
        let mut row = 0;
        while row < modules[table].len() {
            note(modules[table][row].0, &mut lengths);
            row += 1;
        }
        table += 1;
    }
    let (mut table, names) = (0, [NAMES, NAMES_TO_3]);
    while table < names.len() {
        let mut row = 0;
        while row < names[table].len() {
            note(names[table][row].0, &mut lengths);
            row += 1;
        }
        table += 1;
    }
    lengths
};

const fn note(module: &str, lengths: &mut [u32; 128]) {
    lengths[module.as_bytes()[0] as usize] |= 1 << module.len();
}

fn may_have_another_name(module: &str) -> bool {
    let lengths = module.bytes().next().and_then(|first| LENGTHS.get(usize::from(first)));
    lengths.is_some_and(|lengths| lengths.checked_shr(module.len() as u32).unwrap_or(0) & 1 == 1)
}

/// Returns what Python 3 calls the `name` of `module` in Python 2.
pub(super) fn to_python_3<'a>(module: &'a str, name: &'a str) -> (&'a str, &'a str) {
    // The globals of the main program, as `dill` writes them. No module has this name, and its reader knows it only by
    // this one.
    if !may_have_another_name(module) || (module, name) == ("__builtin__", "__main__") {
        return (module, name);
    }
    if let Some(&(_, _, module, name)) = find(NAMES, NAMES_TO_3, |row| (row.0, row.1) == (module, name)) {
        return (module, name);
    }
    if module == "exceptions" && EXCEPTIONS.contains(&name) {
        return ("builtins", name);
    }
    let row = find(MODULES, MODULES_TO_3, |row| row.0 == module);
    (row.map_or(module, |row| row.1), name)
}

/// Returns what Python 2 calls the `name` of `module` in Python 3.
pub(super) fn to_python_2<'a>(module: &'a str, name: &'a str) -> (&'a str, &'a str) {
    if let Some(&(module, name, ..)) = find(NAMES, NAMES_TO_2, |row| (row.2, row.3) == (module, name)) {
        return (module, name);
    }
    if module == "builtins" {
        if EXCEPTIONS.contains(&name) {
            return ("exceptions", name);
        }
        if OS_ERRORS.contains(&name) {
            return ("exceptions", "OSError");
        }
    }
    let row = find(MODULES, MODULES_TO_2, |row| row.1 == module);
    (row.map_or(module, |row| row.0), name)
}

fn find<T>(first: &'static [T], then: &'static [T], mut is: impl FnMut(&T) -> bool) -> Option<&'static T> {
    first.iter().chain(then).find(|row| is(row))
}

#[cfg(test)]
mod tests {
    use super::{MODULES, MODULES_TO_3, NAMES, NAMES_TO_3, to_python_3};

    #[test]
    fn no_name_is_passed_over() {
        for &(old, new) in MODULES.iter().chain(MODULES_TO_3) {
            assert_eq!(to_python_3(old, "x"), (new, "x"));
        }
        for &(old_module, old, module, name) in NAMES.iter().chain(NAMES_TO_3) {
            assert_eq!(to_python_3(old_module, old), (module, name));
        }
        assert_eq!(to_python_3("exceptions", "KeyError"), ("builtins", "KeyError"));
        for module in ["", "example", "e\u{e9}", "\u{e9}", &"copy_reg".repeat(1 << 10)] {
            assert_eq!(to_python_3(module, "KeyError"), (module, "KeyError"));
        }
    }
}
