"""What may not be written here is found wherever it is written (C-48)."""

from __future__ import annotations

import pytest

from dev import forbidden

pytestmark = pytest.mark.check("C-48")

BAD_PYTHON = [
    ("pickle", "import pickle"),
    ("pickle", "from shelve import open"),
    ("abandoned", "import passlib.hash"),
    ("abandoned", "from flask_login import LoginManager"),
    ("yaml-load", "yaml.load(text)"),
    ("yaml-load", "yaml.load(text, Loader=yaml.SafeLoader)"),
    ("yaml-load", "yaml.unsafe_load_all(text)"),
    ("eval", "eval(text)"),
    ("eval", "exec(text)"),
    ("shell", "subprocess.run(line, shell=True)"),
    ("shell", "os.system(line)"),
    ("unverified", "httpx.get(url, verify=False)"),
    ("unverified", "context.verify_mode = ssl.CERT_NONE"),
    ("unverified", "ssl._create_unverified_context()"),
    ("markup", "Markup(name)"),
    ("markup", 'Markup(f"<b>{name}</b>")'),
    ("markup", 'Markup("").join(names)'),
    ("markup", "render_template_string(page)"),
    ("sql", "session.execute(text(f'SELECT * FROM people WHERE name = {name}'))"),
    ("sql", "text('SELECT ' + column)"),
    ("sql", "sa.text(statement)"),
    ("sql", "session.execute('SELECT %s' % name)"),
    ("sql", "connection.exec_driver_sql(statement)"),
    ("sql", "session.scalar('SELECT {}'.format(name))"),
    ("sql", "query.order_by(literal_column(sort))"),
    ("sql", "op.execute(f'DROP TABLE {table}')"),
    ("socket-target", "emit('signal', body, to=message.to)"),
    ("socket-target", "emit('signal', body, room=data['room'])"),
    ("socket-target", "join_room(x, room=request.args.get('room'))"),
    ("socket-target", "control.order(session, node, 'end', room=form.room)"),
    ("socket-target", "target = message.to"),
    ("socket-target", "target = data['to']"),
]
GOOD_PYTHON = [
    "yaml.safe_load(text)",
    "subprocess.run([program, line])",
    'Markup("<b>{}</b>").format(name)',
    "session.execute(text('SELECT 1'))",
    "session.execute(select(Person).where(Person.name == name))",
    "session.scalar(select(func.count()))",
    "await response.text()",
    "answer.text(encoding)",
    "control.order(session, node, 'end', room=visit.room.name)",
    "emit('signal', body, to=seat.socket)",
    "re.compile(pattern)",
    "model.eval()",
]
BAD_PAGES = [
    ("page.html", "safe-filter", "{{ name | safe }}"),
    ("page.html", "safe-filter", "{{ name|safe }}"),
    ("page.html", "safe-filter", "{% autoescape false %}"),
    ("page.html", "inline", "<script>go()</script>"),
    ("page.html", "inline", '<a href="javascript:go()">'),
    ("page.html", "inline", '<p onclick="go()">'),
    ("page.html", "inline", '<p style="color: red">'),
    ("page.html", "inline", "<style>p {}</style>"),
    ("view.ts", "html-from-string", "node.innerHTML = name;"),
    ("view.ts", "html-from-string", "node.outerHTML = name;"),
    ("view.ts", "html-from-string", "node.insertAdjacentHTML('beforeend', name);"),
    ("view.ts", "html-from-string", "new DOMParser().parseFromString(name, 'text/html');"),
    ("view.ts", "html-from-string", "document.write(name);"),
    ("view.ts", "html-from-string", "range.createContextualFragment(name);"),
    ("view.ts", "html-from-string", "frame.srcdoc = name;"),
    ("view.ts", "eval", "eval(name);"),
    ("view.ts", "eval", "new Function(name);"),
    ("view.ts", "eval", 'setTimeout("go()", 1);'),
    ("view.ts", "policy", "trustedTypes.createPolicy('ours', rules);"),
]
GOOD_PAGES = [
    ("page.html", "{{ name }} is safe"),
    ("page.html", '<script type="application/json" id="page">{{ page|tojson }}</script>'),
    ("page.html", '<script type="module" src="/x.js"></script>'),
    ("page.html", '<button type="submit" data-action="go">'),
    ("view.ts", "node.textContent = name;"),
    ("view.ts", "setTimeout(go, 1);"),
    ("view.ts", "evaluate(state);"),
]


@pytest.mark.parametrize(("rule", "line"), BAD_PYTHON)
def test_each_rule_finds_its_own(rule, line):
    assert rule in {found.rule for found in forbidden.in_python("x.py", line)}


@pytest.mark.parametrize("line", GOOD_PYTHON)
def test_what_is_right_passes(line):
    source = line if not line.startswith("await") else f"async def f():\n    {line}"
    assert list(forbidden.in_python("x.py", source)) == []


@pytest.mark.parametrize(("path", "rule", "line"), BAD_PAGES)
def test_each_rule_of_pages_and_scripts_finds_its_own(path, rule, line):
    assert [found.rule for found in forbidden.in_text(path, line)] == [rule]


@pytest.mark.parametrize(("path", "line"), GOOD_PAGES)
def test_what_is_right_in_pages_and_scripts_passes(path, line):
    assert list(forbidden.in_text(path, line)) == []


def test_every_rule_has_an_example_here():
    rules = {*forbidden.IN_PYTHON, *forbidden.IN_PAGES, *forbidden.IN_SCRIPTS}
    assert {rule for rule, _ in BAD_PYTHON} | {rule for _, rule, _ in BAD_PAGES} == rules


def test_the_house_itself_has_none():
    assert forbidden.main() == 0


def test_the_whole_house_is_looked_at(tmp_path):
    for path, line in (
        ("server/visits/new.py", "import pickle"),
        ("web/templates/new/page.html", "{{ name|safe }}"),
        ("web/src/new/view.ts", "node.innerHTML = name;"),
    ):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(line)
    found = {each.path for each in forbidden.everywhere(tmp_path)}
    assert found == {
        "server/visits/new.py", "web/templates/new/page.html", "web/src/new/view.ts",
    }  # fmt: skip


def test_an_exception_nobody_needs_is_an_error(tmp_path, capsys):
    assert forbidden.main(tmp_path) == 1
    assert "server/tenancy.py" in capsys.readouterr().out
