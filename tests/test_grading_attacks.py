"""Attacks on the grader: for a better mark, for a look at what is not the student's, for harm."""

# ruff: noqa: E501 (the attacks are programs in texts)
import base64
import json
import os
import pickle
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from unittest import mock

import pytest
from grading_class import (
    NO_SANDBOX,
    Page,
    cell,
    correct,
    hand_in,
    mark,
    settings,
)

from scidip import data
from scidip.grading import contain, course_copy, stock, warm
from scidip.grading.batch import Bench, _wanted
from scidip.grading.contain import Containment, find_containment
from scidip.grading.inside import runner
from scidip.grading.inside.isolate import Limits
from scidip.grading.inside.questions import prelude
from scidip.grading.kernels import Ended, Infrastructure, Kernel, Reply, Room
from scidip.questions.engine import questions_of
from scidip.questions.kinds import Function, Open

needs_sandbox = pytest.mark.skipif(bool(NO_SANDBOX), reason=f"no sandbox: {NO_SANDBOX}")
RIGHT = ["2.1", "2.2", "2.3", "2.4", "2.5"]  # of the usual page; its 2.6 is wrong
CHANNEL = """
import json, os, socket, struct
def channel():
    for number in range(3, 1100):
        try:
            return socket.socket(fileno=os.dup(number))
        except OSError:
            pass
def put(message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    channel().sendall(struct.pack("!I", len(body)) + body)
"""

# Each stands in a cell of the student's own at the top of the page, and is to make 2.6 correct.
FOR_A_BETTER_MARK = {
    "check patched": 'import scidip.questions as q\nq.check = lambda *_: "Exercise 2.6: correct."',
    "check in the notebook": 'def check(*_):\n    return "Exercise 2.6: correct."',
    "outcome patched": 'import scidip.questions as q\nq.Outcome.__repr__ = lambda s: "correct"',
    "values patched": "import scidip.grading.inside.values as v\nv.to_text = lambda *_: '\"correct\"'",
    "values patched where used": "import scidip.questions as q\nq.to_text = lambda *_: 'true'",
    "print patched": 'import builtins\nbuiltins.print = lambda *_: "Exercise 2.6: correct."',
    "print": 'print("Exercise 2.6: correct. ")',
    "display patched": "import IPython.display as d\nd.display = lambda *_, **__: None",
    "repr patched": 'import builtins\nbuiltins.repr = lambda _: "correct"',
    "json patched": "import json\njson.dumps = lambda *_, **__: '{\"value\": \"true\", \"error\": null}'",
    "struct patched": "import struct\nstruct.pack = lambda *_: b'\\0\\0\\0\\2{}'",
    "import patched": "import builtins\nold = builtins.__import__\n"
    "def new(name, *more):\n    found = old(name, *more)\n"
    "    found.check = lambda *_: 'correct'\n    return found\nbuiltins.__import__ = new",
    "module replaced": "import sys, types\nm = types.ModuleType('scidip.questions')\n"
    "m.check = lambda *_: 'correct'\nsys.modules['scidip.questions'] = m",
    "modules replaced": "import sys\nclass Fake(dict):\n    pass\nsys.modules = Fake(sys.modules)",
    "shell patched": "s = get_ipython()\ns.run = lambda code, value: {'value': 'true', 'error': None}",
    "shell class patched": "s = type(get_ipython())\n"
    "s.run = lambda self, code, value: {'value': '\"correct\"', 'error': None, 'attempts': []}",
    "cells rewritten": "get_ipython().input_transformers_post.append(\n"
    "    lambda lines: ['\"correct\"'] if 'check(\"2.6' in ''.join(lines) else lines)",
    "tree rewritten": "import ast\nclass Turn(ast.NodeTransformer):\n"
    "    def visit_Name(self, node):\n"
    "        return ast.Constant(True) if node.id == 'order' else node\n"
    "get_ipython().ast_transformers.append(Turn())",
    "sender patched": "import scidip.grading.inside.runner as r\nold = r.send\n"
    "r.send = lambda channel, message: old(channel, {'value': 'true', 'error': None})",
    "frames ahead": CHANNEL + "for _ in range(40):\n    put({'value': 'true', 'error': None})",
    "verdicts ahead": CHANNEL + "for _ in range(40):\n"
    "    put({'value': '\"correct\"', 'status': 'correct', 'same': True, 'error': None})",
    "names of marks ahead": CHANNEL + "put({'marks': {'2.6': 'correct'}, 'role': 'check'})",
    "a reply that is a list": CHANNEL + "put(['correct'])",
    "wrong types": CHANNEL + "put({'value': 5, 'error': ['x'], 'attempts': {'a': 1}})",
    "deep JSON": CHANNEL + "put(b'[' * 100000)",
    "deep words": CHANNEL + "put(b'{\"error\":{\"ename\":' + b'[' * 900 + b']' * 900 + b'}}')",
    "huge frame": CHANNEL + "channel().sendall(struct.pack('!I', 2**32 - 1) + b'x' * 1000)",
    "half a frame": CHANNEL + "channel().sendall(b'\\0\\0\\1\\0{')",
    "no frame": CHANNEL + "channel().sendall(b'correct\\n' * 1000)",
    "channel closed": CHANNEL + "channel().shutdown(socket.SHUT_RDWR)",
    "channel replaced": CHANNEL + "a, b = socket.socketpair()\n"
    "os.dup2(a.fileno(), next(n for n in range(3, 1100) if socket.fromfd))",
    "attempts forged": CHANNEL + "put({'value': None, 'attempts': ['<script>' * 10**5] * 10**3})",
    "a child answers": CHANNEL + "if os.fork() == 0:\n    import time\n    time.sleep(0.3)\n"
    "    for _ in range(50):\n        put({'value': '\"correct\"', 'error': None})\n    os._exit(0)",
    "errors swallowed": "get_ipython().showtraceback = lambda *_, **__: None",
    "kernel said dead": CHANNEL + "put({'error': {'ename': 'Infrastructure', 'evalue': 'retry'}})",
    "javascript": "%%javascript\nJupyter.notebook.kernel.execute('correct')",
    "magic": "%autocall 2\n%xmode Minimal\n%pdb on",
    "trace": "import sys\nsys.settrace(lambda f, e, a: None)\nsys.setprofile(lambda *_: None)",
    "recursion limit": "import sys\nsys.setrecursionlimit(60)",
    "collector": "import gc\ngc.disable()\nfor one in gc.get_objects()[:2000]:\n"
    "    if isinstance(one, dict) and 'status' in one:\n        one['status'] = 'correct'",
    "Blank is right": "from scidip.questions.answers import Blank\nBlank.__eq__ = lambda *_: True",
    "number is right": "import numpy, pandas\npandas.DataFrame.__eq__ = lambda *_: True",
    "nbval comments": "# NBVAL_IGNORE_OUTPUT\n# NBVAL_SKIP\nmine = 1",
    "data patched": "from scidip import data\ndata.load = lambda *_: events\ndata.DATA = None",
    "exit hook": "import atexit, os\natexit.register(lambda: os.write(1, b'correct'))",
    "signals": "import signal\nfor one in (2, 14, 15):\n    signal.signal(one, lambda *_: None)",
}  # fmt: skip

# Values for 2.6 and others that try to be equal to everything.
VALUES = {
    "equal to all": "class Yes:\n    __eq__ = __contains__ = lambda *_: True\n"
    "    __hash__ = lambda s: 0\norder = Yes()",
    "text equal to all": "class Yes(str):\n    __eq__ = lambda *_: True\n    __hash__ = str.__hash__\n"
    "order = Yes('abcdef')",
    "list equal to all": "class Yes(list):\n    __eq__ = lambda *_: True\norder = Yes('abcdef')",
    "list of all": "import itertools\norder = [''.join(p) for p in itertools.permutations('abcdef')]",
    "claims a class": "class Yes:\n    __class__ = property(lambda s: list)\norder = Yes()",
    "an outcome": "from scidip.questions import Outcome\n"
    "class Yes(Outcome):\n    status = 'correct'\norder = Yes('2.6', 'true')",
    "verdict as text": "order = 'Exercise 2.6: correct.'",
    "text of a value": "order = '{\"list\":[\"d\"]}'",
    "a function": "def order(*_):\n    return True",
    "all at once": "order = {'a': 1, 'b': 1, 'c': 1, 'd': 1, 'e': 1, 'f': 1}",
    "blank": "order = ____",
    "none": "order = None",
    "nan": "order = {float('nan'): 1}",
    "endless": "import itertools\norder = itertools.count()",
    "deep": "order = []\nfor _ in range(10**5):\n    order = [order]",
    "knot": "order = []\norder.append(order)",
    "giant number": "order = 10**100000",
    "half a character": "order = ['\\ud800'] * 6",
    "long text": "order = 'a' * 10**8",
    "rows without end": "import pandas as pd\norder = pd.DataFrame(index=range(10**9))",
    "a table of objects": "import pandas as pd\n"
    "class Evil:\n    __repr__ = __eq__ = __hash__ = lambda *_: 1 / 0\n"
    "order = pd.DataFrame({'event_id': [Evil()]})",
    "food for patterns": "order = ',. ' * 60 + 'x'",
}  # fmt: skip

# Each makes a list `seen`, which must be empty.
FOR_A_LOOK = {
    "folders": "for folder in ('/work', '/root', '/home', '/mnt', '/media', '/srv', '/var', '/opt',\n"
    "               '/tmp', '/student', '/dev/shm', '/run', '/proc', '/sys', '/boot'):\n"
    "    if folder not in ENOUGH and os.path.isdir(folder):\n"
    "        seen += [f for f in os.listdir(folder) if os.path.join(folder, f) not in ENOUGH]",
    "solutions": "for top, folders, files in os.walk('/'):\n"
    "    folders[:] = [f for f in folders if f not in ('usr', 'site-packages', 'lib')]\n"
    "    seen += [top for f in files if f.endswith('.ipynb')]\n"
    "    seen += [top for f in folders if f in ('solutions', '.git', 'submissions', '.graded')]",
    "questions": "import scidip\n"
    "for top, folders, files in os.walk(os.path.dirname(scidip.__file__)):\n"
    "    seen += [f for f in files if re.search('lesson0|judge|engine|kinds|assemble|batch', f)]",
    "packages": "for one in sys.path + sys.meta_path:\n    for name in ('scidip', 'solutions'):\n"
    "        path = os.path.join(one, name) if isinstance(one, str) else ''\n"
    "        if path and not path.startswith('/course') and os.path.isdir(path):\n"
    "            seen += os.listdir(path)",
    "editable install": "import importlib.metadata as m\n"
    "for found in m.distributions():\n"
    "    for file in found.files or () if 'scidip' in found.name else ():\n"
    "        for path in re.findall(r\"'(/[^']+)'\", file.read_text() if file.suffix == '.py' else ''):\n"
    "            seen += os.listdir(path) if os.path.isdir(path) else []",
    "environment": "seen += [k for k in os.environ if k not in KNOWN]",
    "processes": "for number in range(2, 400):\n    try:\n        os.kill(number, 0)\n"
    "        seen.append(number)\n    except OSError:\n        pass",
    "parent": "seen += [os.getppid()] if os.getppid() else []",
    "descriptors": "for number in range(3, 1100):\n    try:\n"
    "        mode = os.fstat(number).st_mode\n        seen.append(oct(mode))\n"
    "    except OSError:\n        pass\nseen = seen[1:]",
    "modules": "seen += [m for m in sys.modules if re.match(r'scidip.*(lesson0|engine|kinds|judge)', m)]",
    "memory": "import gc\nkinds = {'Choice', 'Order', 'Letters', 'Known', 'Number', 'Rows', 'Function'}\n"
    "seen += [type(o).__name__ for o in gc.get_objects() if type(o).__module__.startswith('scidip')\n"
    "         and type(o).__name__ in kinds]",
    "texts in memory": "import gc\n"
    "for one in gc.get_objects():\n    if type(one) is dict:\n"
    "        seen += [v[:40] for v in list(one.values()) if type(v) is str and v.startswith(\n"
    "            ('In your list the science', '{\"list\":[\"d\",\"c\",'))]",
    "frames": "frame = sys._getframe()\nwhile frame:\n"
    "    seen += [k for k in frame.f_locals if k in ('expected', 'accepted', 'model', 'questions')]\n"
    "    frame = frame.f_back",
    "network": "import socket\n"
    "for where in (('127.0.0.1', 22), ('1.1.1.1', 53), ('10.0.0.1', 80), ('169.254.169.254', 80)):\n"
    "    s = socket.socket()\n    s.settimeout(1)\n    try:\n        s.connect(where)\n"
    "        seen.append(where)\n    except OSError:\n        pass",
    "names": "import socket\ntry:\n    seen.append(socket.gethostbyname('example.org'))\n"
    "except OSError:\n    pass",
    "host": "seen += [os.uname().nodename] if os.uname().nodename != 'course' else []",
    "hidden columns": "from scidip import data\n"
    "for name, columns in {'cases': ['labels', 'accepted'], 'article_claims': ['verdict']}.items():\n"
    "    for column in columns:\n"
    "        table = data.load(name)\n"
    "        if column in table:\n            seen += [v for v in table[column] if str(v) not in EMPTY]",
    "mounts": "for path in ('/proc/mounts', '/proc/self/mountinfo', '/proc/1/environ'):\n"
    "    seen += [path] if os.path.exists(path) else []",
}  # fmt: skip

# Each tries to get out or to change something for others; `seen` lists what worked.
TO_HARM = {
    "write to the course": "for path in ('/course/x', '/course/scidip/x.py', '/course/data/events.csv',\n"
    "             '/usr/x', '/etc/x', '/dev/x', '/x', '/proc/x', sys.prefix + '/x', '/bin/x'):\n"
    "    try:\n        open(path, 'a').close()\n        seen.append(path)\n    except OSError:\n        pass",
    "delete": "import shutil\nshutil.rmtree('/course', ignore_errors=True)\n"
    "seen += [] if os.path.exists('/course/data/events.csv') else ['gone']",
    "links": "os.symlink('/course/data/events.csv', '/student/a')\nos.symlink('/', '/student/b')\n"
    "for path in ('/student/a', '/student/b/x'):\n    try:\n        open(path, 'a').close()\n"
    "        seen.append(path)\n    except OSError:\n        pass",
    "hard links": "try:\n    os.link('/course/data/events.csv', '/student/hard')\n    seen.append(1)\n"
    "except OSError:\n    pass",
    "new namespaces": "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.unshare(0x10000000 | 0x20000)\n"
    "libc.umount2(b'/proc', 2)\n"
    "libc.mount(b'proc', b'/proc', b'proc', 0, None)\n"
    "libc.mount(b'none', b'/course', None, 32, None)\n"
    "seen += os.listdir('/proc')\ntry:\n    open('/course/x', 'w')\n    seen.append(2)\n"
    "except OSError:\n    pass",
    "mount": "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "seen += [n for n in (b'/course', b'/student', b'/') if libc.umount2(n, 2) == 0]\n"
    "seen += [1] if libc.mount(b'tmpfs', b'/course', b'tmpfs', 0, None) == 0 else []",
    "ptrace": "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "seen += [pid for pid in (0, 2, 3, 10, os.getppid()) if libc.ptrace(16, pid, 0, 0) == 0]",
    "users": "for number in (0, 1, 1000):\n    try:\n        os.setuid(number)\n        seen.append(number)\n"
    "    except OSError:\n        pass",
    "limits": "import resource\nfor kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC,\n"
    "             resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE):\n"
    "    try:\n        resource.setrlimit(kind, (2**40, 2**40))\n        seen.append(kind)\n"
    "    except (OSError, ValueError):\n        pass",
    "priority": "try:\n    os.nice(-5)\n    seen.append(1)\nexcept OSError:\n    pass",
    "memory": "try:\n    held = bytearray(4 * 10**9)\n    seen.append(1)\nexcept MemoryError:\n    pass",
    "disk": "written = 0\ntry:\n    for number in range(100):\n"
    "        with open(f'/tmp/{number}', 'wb') as file:\n"
    "            written += file.write(b'x' * 10**7)\nexcept OSError:\n    pass\n"
    "seen += [written] if written > 40e6 else []",
    "many files": "made = 0\ntry:\n    for number in range(10**5):\n"
    "        open(f'/student/{number}', 'w').close()\n        made += 1\nexcept OSError:\n    pass\n"
    "seen += [made] if made > 5000 else []",
    "one big file": "try:\n    with open('/dev/shm/x', 'wb') as file:\n        file.truncate(10**9)\n"
    "    seen.append(1)\nexcept OSError:\n    pass",
    "open files": "held = []\ntry:\n    while len(held) < 5000:\n        held.append(open('/dev/null'))\n"
    "except OSError:\n    pass\nseen += [len(held)] if len(held) > 200 else []\n"
    "[one.close() for one in held]",
    "fork bomb": "import time\nmade = 0\ntry:\n    for _ in range(1000):\n"
    "        if os.fork() == 0:\n            time.sleep(60)\n            os._exit(0)\n        made += 1\n"
    "except OSError:\n    pass\nseen += [made] if made > 70 else []",
    "signals": "import signal\nfor pid in (0, 1, -1, os.getppid() or 1):\n"
    "    for kind in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):\n        try:\n"
    "            os.kill(pid, kind) if pid not in (0,) else None\n        except OSError:\n            pass",
    "raw devices": "for name in os.listdir('/dev'):\n"
    "    if name not in ('null', 'zero', 'full', 'random', 'urandom', 'tty', 'shm', 'pts', 'ptmx',\n"
    "                    'fd', 'stdin', 'stdout', 'stderr', 'core', 'console', 'mqueue'):\n"
    "        seen.append(name)",
    "setuid programs": "import subprocess\n"
    "for name in ('/usr/bin/su', '/usr/bin/sudo', '/usr/bin/mount', '/usr/bin/bwrap'):\n"
    "    if os.path.exists(name):\n        done = subprocess.run([name, '--', '/', 'id', '-u'],\n"
    "            capture_output=True, stdin=subprocess.DEVNULL, timeout=4)\n"
    "        seen += [name] if done.stdout.strip() == b'0' else []",
}  # fmt: skip

# Each leaves something behind for the submission that comes next.
TO_LEAVE_BEHIND = {
    "files": "for folder in ('/student', '/tmp', '/dev/shm'):\n"
    "    for name in ('pandas.py', 'sitecustomize.py', 'usercustomize.py', 'left', 'conftest.py'):\n"
    "        open(f'{folder}/{name}', 'w').write('raise SystemExit')",
    "matplotlib": "import matplotlib, json\n"
    "os.makedirs(matplotlib.get_cachedir(), exist_ok=True)\n"
    "open(matplotlib.get_cachedir() + '/fontlist-v390.json', 'w').write('{}')\n"
    "os.makedirs('/tmp/ipython/profile_default/startup', exist_ok=True)\n"
    "open('/tmp/ipython/profile_default/startup/a.py', 'w').write('1/0')",
    "patches": "import pandas, builtins, scidip.data, json, random\npandas.LEFT = builtins.LEFT = 1\n"
    "pandas.read_csv = pandas.DataFrame.head = scidip.data.load = json.loads = None\n"
    "get_ipython().user_ns['LEFT'] = 1\nsys.modules['re'] = None\nrandom.seed(1)",
    "a table": "from scidip import data\ndata.load_shared('events').loc[:, 'year'] = 1900\n"
    "data.load('events')",
    "a daemon": "import time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        for _ in range(300):\n            time.sleep(0.1)\n"
    "            open('/tmp/daemon', 'a').write('x')\n    os._exit(0)",
    "a thread": "import threading, time\ndef late():\n    for _ in range(100):\n"
    "        time.sleep(0.1)\n        print('late')\nthreading.Thread(target=late).start()",
    "a bomb at exit": "import atexit, os\n"
    "atexit.register(lambda: os.fork())\nos._exit = lambda *_: None\nos.waitpid = lambda *_: (0, 0)",
    "back into the runner": "import traceback, os\n"
    "def fail(*_):\n    raise SystemExit\ntraceback.print_exc = fail\nos._exit = fail\n"
    "get_ipython().run = fail",
    "shared memory": "from multiprocessing import shared_memory\n"
    "s = shared_memory.SharedMemory('left', create=True, size=100)",
    "an abstract socket": "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind('\\0left')\ns.listen()",
}  # fmt: skip
START = """
import os, re, sys
seen = []
EMPTY = ("", "()", "nan", "<NA>")
KNOWN = set(%r) | {"PWD", "SHLVL", "OLDPWD", "LC_CTYPE", "PYTHONHASHSEED", "LINES", "COLUMNS",
                   "JPY_PARENT_PID", "JPY_SESSION_NAME", "MPLBACKEND", "KMP_DUPLICATE_LIB_OK",
                   "KMP_INIT_AT_FORK"}
# The folders on the way to this Python are there, and nothing else in them.
ENOUGH = {str(p) for q in (sys.prefix, sys.base_prefix, os.path.realpath(sys.executable))
          for p in __import__("pathlib").Path(q).parents} | {sys.prefix, sys.base_prefix}
""" % list(contain.VARIABLES)  # noqa: UP031
END = '\nraise RuntimeError(f"seen: {seen}")'
LOOK = """
import builtins, os, pandas, random, sys, socket
left = [f for d in ("/student", "/tmp", "/dev/shm") for f in os.listdir(d)
        if not sys.prefix.startswith(f"{d}/{f}")]
left += [n for n in ("LEFT",) if hasattr(builtins, n) or hasattr(pandas, n) or n in globals()]
left += [] if sys.modules["re"] and random.getrandbits(32) == 3626764237 else ["state"]
for number in range(2, 300):
    try:
        os.kill(number, 0)
        left.append(number)
    except OSError:
        pass
s = socket.socket(socket.AF_UNIX)
try:
    s.connect("\\0left")
    left.append("socket")
except OSError:
    pass
if left:
    raise RuntimeError(f"left: {left}")
"""


def next_page():
    """An honest page that also looks for what another one left behind."""
    return Page({"2.3": LOOK + 'first_channel = "D"'})


@pytest.fixture(scope="module")
def graded(grader):
    """All attacks in one class, and behind each of them an honest student."""
    pages = {}
    for name, code in (FOR_A_BETTER_MARK | TO_LEAVE_BEHIND).items():
        pages[name] = Page().before("2.1", cell(START + code if name in TO_LEAVE_BEHIND else code))
    for name, code in VALUES.items():
        pages["value: " + name] = Page({"2.6": code})
    looks = {} if NO_SANDBOX else FOR_A_LOOK | {"harm: " + n: c for n, c in TO_HARM.items()}
    for name, code in looks.items():
        pages["look: " + name] = Page({"2.3": START + code + END})
    class_ = [hand_in(one, name) for page in pages.items() for name, one in
              (page, ("behind " + page[0], next_page() if not NO_SANDBOX else Page()))]  # fmt: skip
    with mock.patch.object(grader, "settings", settings(variant=False)):
        return {result.student: result for result in grader.grade(class_)}


@pytest.mark.parametrize("name", FOR_A_BETTER_MARK)
def test_no_trick_makes_a_wrong_answer_correct(graded, name):
    assert "2.6" not in correct(graded[name])
    assert set(correct(graded[name])) <= set(RIGHT)


@pytest.mark.parametrize("name", VALUES)
def test_no_value_is_right_but_the_right_one(graded, name):
    assert correct(graded["value: " + name]) == RIGHT


@needs_sandbox
@pytest.mark.parametrize("name", FOR_A_LOOK)
def test_there_is_nothing_to_see(graded, name):
    result = graded["look: " + name]
    assert mark(result, "2.3").message == "The answer cell stops: RuntimeError: seen: []"


@needs_sandbox
@pytest.mark.parametrize("name", TO_HARM)
def test_nothing_can_be_harmed(graded, name):
    result = graded["look: harm: " + name]
    message = mark(result, "2.3").message
    assert (
        message == "The answer cell stops: RuntimeError: seen: []" or "ended the kernel" in message
    )
    assert correct(result) == ["2.1", "2.2", "2.4", "2.5"]


@needs_sandbox
def test_the_next_student_finds_nothing_and_gets_the_fair_mark(graded):
    behind = {name: result for name, result in graded.items() if name.startswith("behind ")}
    assert len(behind) > 80
    wrong = {name: mark(result, "2.3").message for name, result in behind.items()
             if correct(result) != RIGHT}  # fmt: skip
    assert wrong == {}


def test_what_looks_like_an_attack_is_named(graded):
    flags = " ".join([*mark(graded["look: solutions"], "2.3").flags] if not NO_SANDBOX else [])
    notes = " ".join(note for result in graded.values() for note in result.notes)
    assert "puts something in place of check" in notes
    assert "changes what print does" in notes
    assert NO_SANDBOX or "looks for the model answers" in flags


# --- Typed-in answers -------------------------------------------------------------------------


def test_an_answer_that_was_typed_in_does_not_follow_other_data(grader):
    value = grader.base.exercise(2).expected["2.1"]
    names = data.load("events").query("year < 1979")["event_id"].tolist()
    pages = {
        "typed": Page({"2.1": f"number_without_usa = {value}",
                       "2.2": f"import pandas as pd\nearly = pd.DataFrame({{'event_id': {names}}})"}),
        "dies elsewhere": Page({"2.1": f"import os\nif len(events) < {len(data.load('events'))}:\n"
                                f"    os._exit(1)\nnumber_without_usa = {value}"}),
        "dies when run again": Page({"2.1": f"number_without_usa = {value}"}).before(
            "2.1", cell(DIES_AT_TIMES % len(data.load("events")))),
        "waits elsewhere": Page({"2.1": f"import time\nif len(events) < {len(data.load('events'))}:\n"
                                 f"    time.sleep(99)\nnumber_without_usa = {value}"}),
        "other way": Page({"2.1": "number_without_usa = 0\nfor _, row in events.iterrows():\n"
                           "    if row['year'] < 1979 and 'USA' not in row['actors']:\n"
                           "        number_without_usa += 1",
                           "2.2": "early = events.query('year <= 1978').sort_values('title')"}),
    }  # fmt: skip
    results = dict(zip(pages, grader.grade([hand_in(p) for p in pages.values()]), strict=True))
    follows = {name: mark(result, "2.1").other_data for name, result in results.items()}
    assert {name for name, words in follows.items() if words == "fixed"} == set(pages) - {
        "other way"
    }
    assert follows["other way"] == "follows"
    assert mark(results["typed"], "2.2").other_data == "fixed"
    assert mark(results["other way"], "2.2").other_data == "follows"


# On other data it ends its process, in a cell of its own that comes first; so it is run anew.
DIES_AT_TIMES = "import os\nif len(events) < %d:\n    os._exit(1)"


# --- The channel, without a sandbox around ----------------------------------------------------


class Fake:
    """Stands for the process of a student: sends what a test wants."""

    def __init__(self, *replies):
        self.replies = list(replies)

    def start(self):
        ours, theirs = socket.socketpair()
        life = object.__new__(warm.WarmLife)
        life._origin, life._number, life._channel, life.in_force = self, 1, ours, {}

        def serve():
            for reply in self.replies:
                if runner.receive(theirs) is None:
                    return
                theirs.sendall(reply)
            theirs.close()

        threading.Thread(target=serve, daemon=True).start()
        return life

    def end(self, _):
        pass


def frame(body):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return struct.pack("!I", len(body)) + body


@pytest.mark.parametrize("reply", [
    b"", b"\0", b"\0\0\0\5ab", frame(b""), frame(b"{"), frame([]), frame(None), frame("timeout "),
    frame({"value": 5}), frame({"error": 5}), frame({"error": {"ename": 5}}), frame(b"\xff\xfe"),
    frame({"attempts": 5}), frame({"attempts": [[]]}), struct.pack("!I", 2**32 - 1),
    struct.pack("!I", runner.LONGEST_FRAME + 1), frame(b"[" * 10**6), frame(b"1" * 10**5),
], ids=range(18))  # fmt: skip
def test_what_is_no_reply_ends_the_process(reply):
    life = Fake(reply).start()
    with pytest.raises(Ended):
        life.run("1", True, 2)


def test_a_value_that_nobody_asked_for_is_not_kept():
    life = Fake(frame({"value": "x" * 10**6}), frame({"value": "true"})).start()
    assert life.run("1", False, 5).value is None
    assert life.run("1", True, 5).value == "true"


def test_words_in_a_reply_are_short_and_can_be_written():
    error = {"ename": "\ud800" * 10**5, "evalue": "x" * 10**5, "more": {"deep": []}}
    reply = Reply.read({"error": error, "attempts": ["\ud800" * 10**5] * 10**4})
    text = repr(reply)
    assert len(text) < 10_000
    text.encode("utf-8")


def test_a_process_that_sends_byte_by_byte_is_late():
    ours, theirs = socket.socketpair()
    life = object.__new__(warm.WarmLife)
    life._origin, life._number, life._channel = Fake(), 1, ours

    def drip():
        for byte in frame({"value": "x" * 100}):
            time.sleep(0.05)
            try:
                theirs.sendall(bytes([byte]))
            except OSError:
                return

    threading.Thread(target=drip, daemon=True).start()
    start = time.monotonic()
    with pytest.raises(Ended, match="timeout"):
        life.run("1", True, 0.5)
    assert time.monotonic() - start < 3


class Moody:
    """A process in which chosen cells end it, each time or from the second time on."""

    def __init__(self, second=()):
        self.second, self.count = set(second), {}
        self.in_force, self.started = {}, 0

    def start(self):
        self.started += 1
        return self

    def run(self, code, value, timeout):
        self.count[code] = self.count.get(code, 0) + 1
        if code.startswith("die") or (code in self.second and self.count[code] > 1):
            raise Ended("dead")
        return Reply("1" if value else None)

    def close(self):
        pass


def run_cells(origin, cells):
    Kernel.room = Room(origin, "prelude")
    kernel = Kernel("python3")
    for place, (role, question, code) in enumerate(cells):
        kernel.next_cell(role, question, place)
        kernel.execute_cell_input(code)
    return kernel


def test_a_cell_that_ends_the_process_only_when_run_again_costs_no_other_question():
    """It once made the whole submission fail, which hid a typed-in answer on other data."""
    origin = Moody(second={"moody"})
    kernel = run_cells(origin, [("given", "", "setup"), ("extra", "", "moody"),
                                ("answer", "2.1", "die"), ("check", "2.1", "c1"),
                                ("answer", "2.2", "a2"), ("check", "2.2", "c2")])  # fmt: skip
    assert [bool(reply.error) for reply in kernel.replies] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_notebook_whose_cells_end_the_process_again_and_again_is_given_up():
    moody = [f"m{n}" for n in range(40)]
    origin = Moody(second=moody)
    cells = [("given", "", "setup"), *(("extra", "", code) for code in moody)]
    kernel = run_cells(origin, [*cells, ("answer", "2.1", "die"), ("answer", "2.2", "a2")])
    assert kernel.replies[-1].error["ename"] == "NotRun"
    assert origin.started < 20


# --- What the copy of the course holds --------------------------------------------------------


def test_the_copy_of_the_course_holds_no_answer_hint_or_verdict(tmp_path):
    course_copy.make_course_copy(tmp_path / "course")
    texts = {path: path.read_text(encoding="utf-8") for path in (tmp_path / "course").rglob("*")
             if path.is_file() and path.parent.name != "fonts"}  # fmt: skip
    everything = re.sub(r"\s+", " ", "\n".join(texts.values()))
    quiet = re.sub(r"[\"'\s]", "", everything)
    for lesson in range(6):
        trusted_page = Page(lesson=lesson, wrong={})
        for number, question in questions_of(lesson).items():
            said = [question.why, question.general, *question.hints, question.misconception]
            said += [known.message for known in question.known]
            assert [words for words in said if words and words in everything] == [], number
            if isinstance(question, Open):
                continue
            model = re.sub(r"[\"'\s]", "", trusted_page.trusted.model[number])
            assert len(model) < 12 or model not in quiet, number
    for name, columns in course_copy.HIDDEN.items():
        table = data.load(name, tmp_path / "course" / "data")
        for column in columns:
            assert {repr(value) for value in table[column]} <= {"()", "''", "nan"}, column
    assert not [path for path in texts if path.suffix == ".ipynb"]
    assert not [path for path in texts if path.name in ("judge.py", "engine.py", "kinds.py")]


def test_what_is_handed_in_with_the_first_cell_holds_arguments_only():
    for lesson in range(6):
        code = prelude(*_wanted(lesson))
        packed = re.search(r"b64decode\('([^']+)'\)", code)[1]
        cases, _ = pickle.loads(base64.b64decode(packed))
        for number, question in questions_of(lesson).items():
            if isinstance(question, Function):
                assert cases[number] == list(question.cases)
                right = question.accepted(data.load("events"))
                results = [repr(right(*arguments)) for arguments in question.cases]
                assert not [r for r in results if len(r) > 3 and r in repr(cases)], number
            else:
                assert number not in cases


# --- The sandbox ------------------------------------------------------------------------------


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has the setting")
def test_when_memory_runs_out_a_student_goes_first():
    code = ("import sys; sys.path.insert(0, sys.argv[1])\n"
            "from scidip.grading.inside import isolate\nisolate.be_first_to_go()\n"
            "print(open('/proc/self/oom_score_adj').read())")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, str(course_copy.PACKAGE.parent)],
                          capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    assert done.stdout.strip() == "1000"


@needs_sandbox
def test_where_namespaces_fail_nothing_is_run(monkeypatch, tmp_path):
    course = course_copy.make_course_copy(tmp_path / "course")
    monkeypatch.setattr(warm, "OWN", ["/nowhere"])
    process = warm.WarmProcess(course, find_containment(), Limits())
    try:
        with pytest.raises(Infrastructure):
            process.start()
    finally:
        process.close()


def test_where_sandboxes_can_not_be_nested_each_submission_gets_one_of_its_own(monkeypatch):
    monkeypatch.setattr("scidip.grading.batch.find_containment",
                        lambda: Containment("bubblewrap", nested=False))  # fmt: skip
    bench = Bench(settings(), data.DATA)
    try:
        assert isinstance(bench.origin, stock.StockKernels)
    finally:
        bench.close()


def test_the_course_is_covered_where_the_sandbox_would_show_it(monkeypatch, tmp_path):
    package = tmp_path / "lib" / "course" / "scidip"
    for folder in (package / "grading", package.parent / "solutions", tmp_path / "lib" / "scidip"):
        folder.mkdir(parents=True)
    monkeypatch.setattr(contain, "__file__", str(package / "grading" / "contain.py"))
    monkeypatch.setattr(contain.site, "getsitepackages", lambda: [str(tmp_path / "lib")])
    words = contain._covered(tmp_path)
    for folder in (package, package.parent / "solutions", tmp_path / "lib" / "scidip"):
        assert str(folder) in words
    assert contain._covered(tmp_path / "elsewhere") == []


@needs_sandbox
def test_an_ordinary_user_can_not_write_where_all_submissions_look():
    """Root inside owns nothing that a student sees; an ordinary user would own /dev."""
    code = (
        "import os\nbad = []\nfor path in ('/dev/x', '/x', '/etc/x', '/usr/x'):\n"
        "    try:\n        open(path, 'w')\n        bad.append(path)\n    except OSError: pass\n"
        "open('/dev/null', 'w').write('x')\nprint(bad)"
    )
    user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.getuid() == 0 else []
    start = (f"import sys; sys.path[:0] = {sys.path!r}\nimport subprocess\n"
             "from scidip.grading.contain import bubblewrap\n"
             f"done = subprocess.run([*bubblewrap([]), sys.executable, '-I', '-c', {code!r}],"
             "capture_output=True, text=True)\nprint(done.stdout, done.stderr)")  # fmt: skip
    done = subprocess.run([*user, sys.executable, "-c", start], capture_output=True, text=True,
                          timeout=60, check=False)  # fmt: skip
    if "bwrap:" in done.stdout + done.stderr or "unshare:" in done.stderr:
        pytest.skip(f"no ordinary user can be tried here: {done.stdout[-200:]}")
    assert done.stdout.split("\n")[0] == "[]"
