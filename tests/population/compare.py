# What two objects are, told part by part, so that they can be compared in whatever way their classes compare
# themselves, or do not: by how Python would pickle them, with what is shared and what contains itself.
import copyreg, pickle, sys, types

sys.setrecursionlimit(3000)


def forget():
    "Lets packages forget the classes that they have made."


def load(data):
    return pickle.loads(data)


# What is the same wherever it is made.
ALIKE = ()
LEAVES = (type(None), bool, int, str, bytes, type(Ellipsis), type(NotImplemented))


class Description:
    def __init__(self):
        self.numbers, self.kept = {}, []

    def of(self, value):
        kind = type(value)
        if kind in LEAVES:
            return (kind.__name__, repr(value))
        if kind in (float, complex):
            return (kind.__name__, repr(value))
        if kind is tuple and not value:
            return ("tuple",)
        if id(value) in self.numbers:
            return ("seen", self.numbers[id(value)])
        if kind is types.MethodType:
            # Each look makes another.
            return ("method", self.of(value.__func__), self.of(value.__self__))
        if isinstance(value, ALIKE):
            return (kind.__qualname__, repr(value))
        self.numbers[id(value)] = len(self.numbers)
        self.kept.append(value)
        return self.parts(kind, value)

    def parts(self, kind, value):
        if kind in (list, tuple):
            return (kind.__name__, *map(self.of, value))
        if kind is dict:
            return ("dict", *((self.of(key), self.of(each)) for key, each in value.items()))
        if kind in (set, frozenset):
            # Small ints and short text in most: by their own text, as there is no order.
            return (kind.__name__, *map(self.of, sorted(value, key=repr)))
        if kind is bytearray:
            return ("bytearray", bytes(value))
        if isinstance(value, type):
            return self.type(value)
        if isinstance(value, types.ModuleType):
            return ("module", value.__name__)
        if isinstance(value, types.FunctionType):
            return self.function(value)
        if isinstance(value, types.CellType):
            return ("cell", self.of(value.cell_contents))
        if isinstance(value, types.CodeType):
            return ("code", value.co_name, value.co_code, *map(repr, (value.co_names, value.co_varnames)))
        special = SPECIAL.get(kind.__module__ + "." + kind.__qualname__)
        if special is not None:
            return (kind.__qualname__, self.of(special(value)))
        reduce = copyreg.dispatch_table.get(kind)
        made = reduce(value) if reduce else value.__reduce_ex__(4)
        if isinstance(made, str):
            return ("name", kind.__qualname__, made)
        function, args, state, items, entries, *setter = (*made, None, None, None, None)[:6]
        self.kept.append(made)
        items, entries = (None if each is None else list(each) for each in (items, entries))
        return ("object", *map(self.of, (function, args, state, items, entries)))

    def type(self, value):
        found = sys.modules.get(value.__module__)
        for name in value.__qualname__.split("."):
            found = getattr(found, name, None)
        if found is value:
            return ("class", value.__module__, value.__qualname__)
        hidden = ("__dict__", "__weakref__", "__module__", "__doc__", "_abc_impl", "__firstlineno__", "__static_attributes__")
        attributes = {name: each for name, each in vars(value).items() if name not in hidden}
        attributes = {
            name: each
            for name, each in sorted(attributes.items())
            if not isinstance(each, (types.MemberDescriptorType, types.GetSetDescriptorType, types.WrapperDescriptorType))
        }
        return ("made class", value.__qualname__, self.of(value.__bases__), self.of(attributes))

    def function(self, value):
        found = sys.modules.get(value.__module__)
        for name in value.__qualname__.split("."):
            found = getattr(found, name, None)
        if found is value:
            return ("function", value.__module__, value.__qualname__)
        names = value.__code__.co_names
        used = {name: value.__globals__[name] for name in names if name in value.__globals__}
        parts = (value.__code__, value.__defaults__, value.__kwdefaults__, value.__dict__, value.__closure__, used)
        return ("made function", value.__qualname__, *map(self.of, parts))


# What pickles otherwise each time, or tells its parts best in another way.
SPECIAL = {
    "builtins.property": lambda value: (value.fget, value.fset, value.fdel),
    "builtins.mappingproxy": dict,
    "builtins.staticmethod": lambda value: value.__func__,
    "builtins.classmethod": lambda value: value.__func__,
    "builtins.builtin_function_or_method": lambda value: (value.__name__, value.__self__),
}


def describe(value):
    forget()
    return Description().of(value)


def first_difference(a, b, path=""):
    if not (isinstance(a, tuple) and isinstance(b, tuple)) or len(a) != len(b):
        return "%s: %.300r and %.300r" % (path, a, b) if a != b else None
    for at, (one, other) in enumerate(zip(a, b)):
        found = first_difference(one, other, "%s/%s" % (path, one if at == 0 and isinstance(one, str) else at))
        if found:
            return found
    return None
