"""``write_api`` objects and what is written with them, said on the 3.x client itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.influxdb3_python.inf007_unknown_keyword import SERIALIZING
from transforms.influxdb3_python.layout import named
from transforms.influxdb_client.constructor import Extra, arguments
from transforms.influxdb_client.imports import is_use, translated
from transforms.influxdb_client.names import NEW, OLD, SUCCESSORS, WRITER
from transforms.influxdb_client.writer import UNCERTAIN, Writer, any_batches
from transforms.objects import Made, made
from transforms.page import Page
from transforms.references import Reference, refer
from transforms.rewrites import Edit, Flag, Rewrite, dotted, dotted_text, drop_argument, rename_argument

_POSITIONS = ("bucket", "org", "record", "write_precision")


def dropped(writer: Writer) -> Rewrite:
    """The client itself in the place of its write API."""
    edit = Edit(writer.call, lambda now: now.func.value)
    return Rewrite(writer.call, "the 3.x client writes itself", (edit,), file=writer.page.path)


# ── how the client writes ────────────────────────────────────────────────────────────────────────────────────


def extra(client: Made, mine: Sequence[Writer]) -> Extra | Flag:
    """What a client's creation has to say about writing, or why it cannot be said there."""
    said = {w.page.module.code_for_node(w.call).partition("write_api")[2] for w in mine}
    first = mine[0] if mine else None
    if first is None or (first.is_plain and len(said) == 1):
        return Extra()
    if len(said) > 1:
        return Flag(mine[1].call, "a 3.x client writes in one way: make a client for each", file=mine[1].page.path)
    call = client.call
    if call is None or not _may_move(first, client, call):
        return Flag(first.call, UNCERTAIN, file=first.page.path)
    maker = _say(client.page, call, "write_client_options")
    how = [named(name, translated(first.page, arg.value)) for name, arg in _told(first.call)]
    imports = maker.imports
    if not any(a.keyword is not None and a.keyword.value == "write_options" for a in how):
        options = _say(client.page, call, "WriteOptions")
        how.insert(0, named("write_options", cst.Call(func=options.expression)))
        imports = (*imports, *options.imports)
    return Extra((named("write_client_options", cst.Call(func=maker.expression, args=_spaced(how))),), imports)


def _told(call: cst.Call) -> Iterator[tuple[str, cst.Arg]]:
    for index, arg in enumerate(call.args):
        yield (arg.keyword.value if arg.keyword else ("write_options", "point_settings")[index]), arg


def _spaced(args: Sequence[cst.Arg]) -> list[cst.Arg]:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return [*(a.with_changes(comma=comma) for a in args[:-1]), args[-1]]


def _say(page: Page, at: cst.CSTNode, thing: str) -> Reference:
    """A thing of the new client, by an import of the old one if there is one, since that is renamed."""
    for binding in page.scopes.imports_at_top():
        if SUCCESSORS.get(binding.target or "") == f"{NEW}.{thing}":
            return Reference(cst.Name(binding.name))
        if binding.target == OLD:
            return Reference(dotted(f"{NEW if binding.name == OLD else binding.name}.{thing}"))
    found = refer(page, at, f"{NEW}.{thing}")
    assert found is not None, "one of the two ways to say it is free"
    return found


def _may_move(writer: Writer, client: Made, call: cst.Call) -> bool:
    """Whether the options mean the same where the client is created."""
    if writer.page is not client.page:
        return False
    names = (n for arg in writer.call.args for n in writer.page.below(arg.value, cst.Name))
    return all(_means_same(writer.page, n, call) for n in names if is_use(writer.page, n))


def _means_same(page: Page, name: cst.Name, there: cst.Call) -> bool:
    bound = page.bindings(name)
    if not bound:
        return True
    if page.scopes.lookup(there, name.value) != bound:
        return name.value == "self" and _is_method(page, name)
    here = page.scopes.scope(there)
    late = [b for b in bound if page.line(b.node) > page.line(there) and page.scopes.scope(b.node) is here]
    return not any(b.kind in {"assigned", "def", "class"} for b in late)


def _is_method(page: Page, name: cst.Name) -> bool:
    """``self.method``, which is there from the start."""
    parent, klass = page.parent(name), page.around(name, cst.ClassDef)
    if not isinstance(parent, cst.Attribute) or klass is None:
        return False
    return any(isinstance(f, cst.FunctionDef) and f.name.value == parent.attr.value for f in klass.body.body)


# ── what is written ──────────────────────────────────────────────────────────────────────────────────────────


def writes(page: Page) -> Iterator[tuple[cst.Call, Made | None]]:
    """Every ``w.write(...)`` of the old client; with what made ``w``, when that is certain."""
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(value=receiver, attr=cst.Name(value="write")):
                writer = made(page, receiver, WRITER)
                if writer is not None or _looks_like(receiver, call):
                    yield call, writer


def _looks_like(receiver: cst.BaseExpression, call: cst.Call) -> bool:
    """Whether an object that came from elsewhere is named, or spoken to, as a write API is."""
    names = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    name = (dotted_text(receiver) or "").rpartition(".")[2]
    return {"bucket", "record"} <= names or "write_api" in name


def doubtful(page: Page) -> Iterator[Flag]:
    """Writes of three things to who knows what: a bucket, an organisation and a record, most likely."""
    for call in page.all(cst.Call):
        match call.func:
            case cst.Attribute(value=receiver, attr=cst.Name(value="write")) if len(call.args) >= 3:
                if not _looks_like(receiver, call) and made(page, receiver, WRITER) is None:
                    yield Flag(call, "is this a write of the 2.x client? Name its arguments", file=page.path)


def written(page: Page, call: cst.Call, writer: Writer | None) -> Rewrite | Flag:
    """A write said on the client: the bucket is the database, the organisation is the client's."""
    if any(arg.star for arg in call.args):
        return Flag(call, "arguments are unpacked: name them, `bucket` is `database`", file=page.path)
    if len([a for a in call.args if a.keyword is None]) > len(_POSITIONS):
        return Flag(call, "too many arguments to tell what they are", file=page.path)
    told = {arg.keyword.value if arg.keyword else _POSITIONS[i]: arg for i, arg in enumerate(call.args)}
    batches = writer.batches if writer is not None else page.tree.once(any_batches)
    if batches and SERIALIZING & told.keys():
        return Flag(
            call,
            "a 3.x client that batches loses these rows on 0.17, without an exception: write them with "
            "`write_options=SYNCHRONOUS`",
            file=page.path,
        )
    edits: list[Edit] = []
    for name, arg in told.items():
        if name == "org" and _is_clients(page, arg, writer):
            edits += drop_argument(call, arg)
        else:
            edits += _keyword(arg, "database" if name == "bucket" else name)
    return Rewrite(call, "written with the client; the bucket is its database", tuple(edits), file=page.path)


def _keyword(arg: cst.Arg, name: str) -> tuple[Edit, ...]:
    if arg.keyword is None:
        new = named(name, cst.Name("_"))
        return (Edit(arg, lambda now: now.with_changes(keyword=new.keyword, equal=new.equal)),)
    return (rename_argument(arg, name),) if arg.keyword.value != name else ()


def _is_clients(page: Page, org: cst.Arg, writer: Writer | None) -> bool:
    """Whether the client was created with the same organisation, so that it need not be said again."""
    client = writer.client if writer is not None else None
    if client is None or client.call is None or client.page is not page:
        return False
    own = (arguments(client.call) or {}).get("org")
    return own is not None and own.value.deep_equals(org.value)
