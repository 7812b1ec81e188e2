"""Attacks on the grader: for a better mark, for a look at what is not the student's, for harm."""

# ruff: noqa: E501 (the attacks are programs in texts)
import base64
import errno
import json
import os
import pickle
import platform
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from unittest import mock

import psutil
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
from scidip.grading.batch import Grader
from scidip.grading.bench import Bench, _wanted
from scidip.grading.contain import Containment, find_containment
from scidip.grading.inside import filter as calls
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
          for p in __import__("pathlib").Path(q).parents} | {sys.prefix, sys.base_prefix,
                                                            "/student/.data"}
""" % list(contain.VARIABLES)  # noqa: UP031
END = '\nraise RuntimeError(f"seen: {seen}")'
LOOK = """
import builtins, os, pandas, random, sys, socket
left = [f for d in ("/student", "/tmp", "/dev/shm") for f in os.listdir(d)
        if not sys.prefix.startswith(f"{d}/{f}") and f != ".data"]
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
    value = grader.bench.exercise(2).expected["2.1"]
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
        # What a later cell does to a name must not be there when the cells are run again.
        "name used up": Page({"2.1": COUNTED}).before("2.6", cell("sum = 0\ndel events")),
        "keeps what it had": Page({"2.1": "if 'kept' not in globals():\n    kept = "
                                   f"{value}\nnumber_without_usa = kept"}),
        "keeps the old tables": Page({"2.1": f"number_without_usa = {value}"}).before(
            "2.1", cell("import scidip.data\nget_ipython().reset = lambda **_: None\n"
                        "scidip.data.__class__ = type('Old', (type(scidip),), {\n"
                        "    '__setattr__': lambda *_: None})")),
        "ends itself by a hook": Page({"2.1": f"number_without_usa = {value}"}).before("2.1", cell(
            "import os, scidip.data\ndef end(info):\n    if 'other' in str(scidip.data.DATA):\n"
            "        'begin(' in info.raw_cell or os._exit(1)\n"
            "get_ipython().events.register('pre_run_cell', end)")),
        # What the first time left behind must harm no honest answer.
        "makes a folder": Page({"2.1": f"import os\nos.mkdir('plots')\n{COUNTED}"}),
        "adds to a file": Page({"2.1": f"{COUNTED}\nwith open('n.txt', 'a') as file:\n"
                                "    print(number_without_usa, file=file)\n"
                                "number_without_usa = sum(int(line) for line in open('n.txt'))"}),
    }  # fmt: skip
    results = dict(zip(pages, grader.grade([hand_in(p) for p in pages.values()]), strict=True))
    follows = {name: mark(result, "2.1").other_data for name, result in results.items()}
    assert {name for name, words in follows.items() if words == "follows"} == {
        "other way", "name used up", "makes a folder", "adds to a file",
    }  # fmt: skip
    assert set(follows.values()) == {"follows", "fixed"}
    assert mark(results["typed"], "2.2").other_data == "fixed"
    assert mark(results["other way"], "2.2").other_data == "follows"


COUNTED = ("number_without_usa = sum(year < 1979 and 'USA' not in actors\n"
           "    for year, actors in zip(events['year'], events['actors']))")  # fmt: skip
# On other data it ends its process, in a cell of its own that comes first; so it is run anew.
DIES_AT_TIMES = "import os\nif len(events) < %d:\n    os._exit(1)"


# --- Files of the student's own -----------------------------------------------------------------


@pytest.fixture(scope="module", params=["forked", "ordinary kernels"])
def on_road(request, grader):
    """A grader on each of the two roads."""
    if request.param == "forked":
        yield grader
        return
    made = Grader(settings(stock=True, seconds=10))
    yield made
    made.close()


HELPERS = cell(
    "%%writefile helpers.py\ndef count(events):\n"
    "    return sum(year < 1979 and 'USA' not in actors\n"
    "               for year, actors in zip(events['year'], events['actors']))"
)
USES_HELPERS = "from helpers import count\nnumber_without_usa = count(events)"
POISON = [cell(f"%%writefile {name}.py\nraise SystemExit") for name in
          ("json", "pickle", "base64", "pandas", "scidip", "statistics", "questions")]  # fmt: skip


def test_a_module_that_a_cell_writes_can_be_imported_as_in_jupyterlab(on_road):
    pages = [Page({"2.1": USES_HELPERS}).before("2.1", HELPERS),
             Page({"2.1": "import statistics\n" + COUNTED}).before("2.1", *POISON),
             Page({"2.1": "import questions"}).before("2.1", *POISON),
             Page({"2.1": USES_HELPERS})]  # fmt: skip
    uses, poisons, suffers, behind = on_road.grade([hand_in(page) for page in pages])
    for result in (uses, poisons):
        assert correct(result) == RIGHT
        assert mark(result, "2.1").other_data == "follows"
    assert correct(suffers) == correct(behind) == RIGHT[1:]
    assert "No module named 'helpers'" in mark(behind, "2.1").message


@needs_sandbox
def test_a_module_is_found_however_fast_cells_come(warm_process):
    student = warm_process.start()
    for number in range(100):
        assert "No module" in student.run("import nothing_there", False, 20).error["evalue"]
        student.run(f"%%writefile mine{number}.py\na = 1", False, 20)
        assert student.run(f"import mine{number}", False, 20).error is None


READS = (
    "import pandas as pd\ntable = pd.read_csv('../data/events.csv')\n"
    "number_without_usa = sum(int(str(date)[:4]) < 1979 and 'USA' not in actors.split(';')\n"
    "    for date, actors in zip(table['date'], table['actors'].fillna('')))"
)
# What may become of the link before an answer reads the tables through it, and what that costs.
LINKS = {
    "as it is": ("pass", "follows"),
    "a folder of the same name": ("os.mkdir('data')", "follows"),
    "gone": ("os.remove('.data')", "error"),
    "to the old tables": ("os.remove('.data')\nos.symlink('/course/data', '.data')", "fixed"),
    "to nowhere": ("os.remove('.data')\nos.symlink('/nowhere', '.data')", "error"),
    "to itself": ("os.remove('.data')\nos.symlink('.data', '.data')", "error"),
    "a folder": ("os.remove('.data')\nos.mkdir('.data')", "error"),
    "gone after it was read": ("keep = True", "follows"),
}  # fmt: skip


@needs_sandbox
def test_an_answer_that_reads_the_file_follows_and_a_tampered_link_costs_that_answer(on_road):
    pages = {
        name: Page({"2.1": f"import os\n{code}\n{READS}"}) for name, (code, _) in LINKS.items()
    }
    pages["gone after it was read"].before("2.6", cell("import os\nos.remove('.data')"))
    results = dict(zip(pages, on_road.grade([hand_in(p) for p in pages.values()]), strict=True))
    for name, (_, wanted) in LINKS.items():
        found = mark(results[name], "2.1")
        assert wanted == (found.other_data if found.status == "correct" else "error"), name
        assert correct(results[name]) == (RIGHT if wanted != "error" else RIGHT[1:]), name
        assert mark(results[name], "2.2").other_data == "follows", name


def test_where_python_lies_in_data_there_is_no_link_in_its_place(tmp_path):
    assert "/data" in contain.bubblewrap([(tmp_path, "/course", False)])
    assert contain.bubblewrap([(tmp_path, "/data/x", False)]).count("--symlink") == (
        contain.bubblewrap([]).count("--symlink") - 1
    )


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


def run_cells(origin, cells, again=(), is_asked=lambda *_: True, follows=lambda *_: True):
    Kernel.room = Room(origin, "prelude", to_other_data="begin again", is_asked=is_asked,
                       follows=follows)  # fmt: skip
    kernel = Kernel("python3")
    for other, part in ((False, cells), (True, again)):
        for role, question, code in part:
            kernel.next_cell(role, question, other)
            kernel.execute_cell_input(code)
    return kernel


def test_a_cell_that_ends_the_process_only_when_run_again_costs_no_other_question():
    """It once made the whole submission fail, which hid a typed-in answer on other data."""
    origin = Moody(second={"moody"})
    kernel = run_cells(origin, [("given", "", "setup"), ("extra", "extra cell 1", "moody"),
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
    cells = [("given", "", "setup"), *(("extra", f"extra {code}", code) for code in moody)]
    kernel = run_cells(origin, [*cells, ("answer", "2.1", "die"), ("answer", "2.2", "a2")])
    assert kernel.replies[-1].error["ename"] == "NotRun"
    assert origin.started < 20


TWO = [("given", "", "setup"), ("answer", "2.1", "a1"), ("check", "2.1", "c1"),
       ("answer", "2.2", "a2"), ("check", "2.2", "c2")]  # fmt: skip


def test_other_data_are_tried_in_the_same_process_and_only_as_far_as_needed():
    origin = Moody()
    run_cells(origin, TWO, TWO, lambda number, _value: number == "2.1")
    assert origin.started == 1
    assert origin.count["begin again\nprelude"] == 1
    assert {code: origin.count[code] for _, _, code in TWO} == {
        "setup": 2, "a1": 2, "c1": 2, "a2": 1, "c2": 1,
    }  # fmt: skip
    origin = Moody()
    run_cells(origin, TWO, TWO, lambda *_: False)
    assert "begin again\nprelude" not in origin.count


class WithPast(Moody):
    """A process that ends in the setup when it has run it before."""

    def start(self):
        self.ran = set()
        return super().start()

    def run(self, code, value, timeout):
        if code == "setup" and code in self.ran:
            raise Ended("dead")
        self.ran.add(code)
        return super().run(code, value, timeout)


def test_what_goes_wrong_in_a_process_with_a_past_is_tried_in_a_new_one():
    origin = WithPast()
    kernel = run_cells(origin, TWO, TWO)
    assert [reply.value for reply in kernel.replies[-4:]] == [None, "1", None, "1"]
    assert origin.started == 2
    origin = Moody()
    run_cells(origin, TWO, TWO, follows=lambda number, _value: number == "2.1")
    assert (origin.started, origin.count["c1"], origin.count["c2"]) == (2, 3, 3)


def test_after_a_long_first_run_or_a_broken_process_other_data_get_a_new_one(monkeypatch):
    origin = Moody()
    monkeypatch.setattr("scidip.grading.kernels.LONG", -1)
    kernel = run_cells(origin, TWO, TWO)
    assert (origin.started, kernel.replies[-1].value) == (2, "1")
    monkeypatch.undo()
    origin = Moody(second={"a2"})  # a2 ends the process when it is run on other data
    kernel = run_cells(origin, TWO, TWO)
    assert [reply.value for reply in kernel.replies[-4:]] == [None, "1", None, None]
    assert kernel.replies[-1].error["ename"] == "KernelDied"


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


@pytest.fixture
def warm_process(tmp_path):
    made = warm.WarmProcess(course_copy.make_course_copy(tmp_path / "course"), find_containment(),
                            Limits())  # fmt: skip
    yield made
    made.close()


@needs_sandbox
def test_a_student_in_the_sandbox_goes_first_and_the_warm_process_stays(warm_process):
    warm_process.start()
    children = psutil.Process(warm_process._process.pid).children(recursive=True)
    scores = [Path(f"/proc/{one.pid}/oom_score_adj").read_text().strip() for one in children]
    assert scores[-1] == "1000"
    assert "1000" not in scores[:-1]


# Each way to pass a word to a submission that is run at the same time: give, take.
WORDS = {
    "abstract socket": ("import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind('\\0word')\ns.listen()",
                        "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0word')"),
    "local network": ("import socket\ns = socket.socket()\ns.bind(('0.0.0.0', 5005))\ns.listen()",
                      "import socket\nsocket.create_connection(('127.0.0.1', 5005), timeout=2)"),
    "key": ("import ctypes\nctypes.CDLL(None).syscall(248, b'user', b'word', b'x', 1, -3)",
            "import ctypes\nif ctypes.CDLL(None).syscall(250, 10, -3, b'user', b'word', 0) < 0:\n"
            "    raise OSError"),
    "message queue": ("import ctypes\nctypes.CDLL(None).msgget(77, 0o1666)",
                      "import ctypes\nif ctypes.CDLL(None).msgget(77, 0) < 0:\n    raise OSError"),
    "file": ("open('/tmp/word', 'w').close()", "open('/tmp/word')"),
}  # fmt: skip


@needs_sandbox
@pytest.mark.skipif(platform.machine() != "x86_64", reason="other numbers of system calls")
def test_two_that_run_at_one_time_can_not_pass_a_word(warm_process):
    giver, taker = warm_process.start(), warm_process.start()
    for name, (give, take) in WORDS.items():
        giver.run(give, False, 20)
        assert taker.run(take, False, 20).error, name


# --- The filter of system calls ---------------------------------------------------------------


def said(machine, number, *arguments, made_for=None):
    """Run the filter on one call; give "allowed" or the error."""
    numbers = {calls.NUMBER: number, calls.MACHINE: made_for or calls.MACHINES[machine]}
    for place, argument in enumerate([*arguments, 0, 0, 0][:3]):
        numbers[calls.FIRST_ARGUMENT + 8 * place] = argument & 0xFFFFFFFF
    steps, place, held = calls.program(machine), 0, 0
    holds = {calls.IS: lambda a, b: a == b, calls.IS_AT_LEAST: lambda a, b: a >= b,
             calls.HAS_ANY_OF: lambda a, b: a & b != 0}  # fmt: skip
    for _ in steps:
        what, yes, no, value = steps[place]
        if what == calls.SAY:
            return "allowed" if value == calls.ALLOW else value - calls.REFUSE
        if what == calls.LOAD:
            held, skipped = numbers[value], 0
        else:
            skipped = yes if holds[what](held, value) else no
        place += 1 + skipped
    raise AssertionError("no end")


@pytest.mark.parametrize("machine", calls.MACHINES)
def test_the_filter_refuses_what_it_names_and_nothing_else(machine):
    column = list(calls.MACHINES).index(machine)
    refused = {numbers[column] for numbers in calls.NEVER_NEEDED.values()} - {None}
    clone, clone3, socket_, pair, personality = (
        numbers[column] for numbers in
        (calls.CLONE, calls.CLONE3, calls.SOCKET, calls.SOCKETPAIR, calls.PERSONALITY)
    )  # fmt: skip
    for number in range(600):
        wanted = errno.EPERM if number in {*refused, pair, personality} else "allowed"
        # 45 is no family; for clone it means no new namespace
        assert said(machine, number, 45 if number in (socket_, pair) else 0) == (
            errno.ENOSYS if number == clone3 else errno.EPERM if number == socket_ else wanted
        ), number
    for family in range(60):
        wanted = "allowed" if family in (1, 2, 10) else errno.EPERM
        assert said(machine, pair, family) == wanted
        for protocol in range(30):
            route = family == calls.NETLINK and protocol == 0
            assert said(machine, socket_, family, 3, protocol) == ("allowed" if route else wanted)
    assert said(machine, personality, -1) == "allowed"
    assert said(machine, clone, 17 | 0x3D0F00) == "allowed"  # what fork and threads ask for
    for bit in (17, 25, 26, 27, 28, 29, 30):
        assert said(machine, clone, 17 | 1 << bit) == errno.EPERM
    assert said(machine, calls.X32 | 39) == errno.EPERM
    assert said(machine, 20, made_for=0x40000003) == errno.EPERM  # of a program for 32 bits


@pytest.mark.parametrize("column, header", [(0, "x86_64-linux-gnu/asm/unistd_64.h"),
                                            (1, "asm-generic/unistd.h")])  # fmt: skip
def test_the_numbers_of_calls_are_those_of_linux(column, header):
    path = Path("/usr/include", header)
    if not path.exists():
        pytest.skip("the headers of Linux are not installed")
    lines = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", path.read_text())
    there = {name: int(number) for name, number in lines}
    named = calls.NEVER_NEEDED | {
        "socket": calls.SOCKET, "socketpair": calls.SOCKETPAIR, "clone": calls.CLONE,
        "clone3": calls.CLONE3, "personality": calls.PERSONALITY,
    }  # fmt: skip
    # An older system has no name for the newest ones.
    wrong = {n for n, both in named.items() if there.get(n, both[column]) != both[column]}
    assert wrong == set()
    assert len(set(named) & set(there)) > 50


# What an answer may do, and the filter must leave alone.
USED = {
    "fork": "import os\nassert os.waitpid(os.fork() or os._exit(3), 0)[1] >> 8 == 3",
    "subprocess": "import subprocess, sys\nassert subprocess.run([sys.executable, '-c', 'print(1)'],\n"
    "    capture_output=True).stdout == b'1\\n'",
    "posix_spawn": "import os\n"
    "assert os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)[1] == 0",
    "threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as pool:\n    assert list(pool.map(abs, [-1, -2])) == [1, 2]",
    **{how: "import math, multiprocessing\n"
       f"with multiprocessing.get_context('{how}').Pool(2) as pool:\n"
       "    assert pool.map(math.sqrt, [4, 9]) == [2, 3]" for how in ("forkserver", "spawn")},
    "processes": "from concurrent.futures import ProcessPoolExecutor\n"
    "with ProcessPoolExecutor(2) as pool:\n    assert list(pool.map(abs, [-1])) == [1]",
    "manager": "import multiprocessing\nwith multiprocessing.Manager() as held:\n    held.list([1])",
    "shared memory": "from multiprocessing import shared_memory\n"
    "s = shared_memory.SharedMemory(create=True, size=9)\ns.buf[0] = 1\ns.close()\ns.unlink()",
    "sqlite": "import sqlite3\nwith sqlite3.connect('a.db') as db:\n    db.execute('create table a(b)')",
    "asyncio": "import asyncio\nasync def said():\n"
    "    process = await asyncio.create_subprocess_exec('/bin/echo', 'a', stdout=-1)\n"
    "    return (await process.communicate())[0]\nassert await said() == b'a\\n'",
    "tempfile": "import tempfile\nwith tempfile.TemporaryFile() as file:\n    file.write(b'a')",
    "mmap": "import mmap\nmmap.mmap(-1, 100).write(b'a')",
    "plot": "import matplotlib.pyplot as plt, pandas\npandas.Series([1, 2]).plot()\nplt.savefig('a.pdf')",
    "numpy": "import numpy\nnumpy.linalg.inv(numpy.random.rand(90, 90)) @ numpy.ones((90, 90))",
    "devices": "import socket\nassert socket.if_nameindex()[0][1] == 'lo'",
    "addresses": "import socket\nassert socket.getaddrinfo('127.0.0.1', 80)\nsocket.socketpair()",
    "shell": "%%bash\nls | wc -l",
    "personality": "import ctypes\nassert ctypes.CDLL(None).personality(0xffffffff) >= 0",
}  # fmt: skip
REFUSED = """
import ctypes, errno, socket
libc = ctypes.CDLL(None, use_errno=True)
for name, number in %r.items():
    assert libc.syscall(number, 0, 0, 0, 0, 0) == -1, name
    assert ctypes.get_errno() == (errno.ENOSYS if name == "clone3" else errno.EPERM), name
for family, protocol in ((40, 0), (17, 0), (16, 12), (38, 0)):  # VSOCK, PACKET, netfilter, ALG
    try:
        socket.socket(family, socket.SOCK_DGRAM, protocol)
    except PermissionError:
        continue
    raise AssertionError(family)
"""


@pytest.fixture(scope="module", params=[warm.WarmProcess, stock.StockKernels])
def life(request, tmp_path_factory):
    """A process for one submission, on each of the two roads."""
    course = course_copy.make_course_copy(tmp_path_factory.mktemp("calls") / "course")
    origin = request.param(course, find_containment(), Limits())
    made = origin.start()
    yield made
    made.close()
    origin.close()


@needs_sandbox
@pytest.mark.parametrize("name", USED)
def test_what_an_answer_may_use_is_not_refused(life, name):
    assert life.run(USED[name], False, 30).error is None


@needs_sandbox
@pytest.mark.skipif(platform.machine() not in calls.MACHINES, reason="no filter for this system")
def test_what_no_exercise_needs_is_refused(life):
    column = list(calls.MACHINES).index(platform.machine())
    named = {**calls.NEVER_NEEDED, "clone3": calls.CLONE3, "x32": (calls.X32 | 39, None)}
    numbers = {name: both[column] for name, both in named.items() if both[column] is not None}
    assert life.in_force["system calls"] == "filtered"
    assert life.run(REFUSED % numbers, False, 30).error is None
    in_a_child = "import os\n" + REFUSED % numbers
    assert life.run(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {in_a_child!r}],"
                    "check=True)", False, 30).error is None  # fmt: skip


def test_where_the_filter_is_not_taken_the_run_goes_on_and_says_so(monkeypatch):
    def refuse(_):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(calls, "_install", refuse)
    monkeypatch.setattr(calls, "STEPS", b"12345678")
    words = calls.refuse_calls(sandbox=True)["system calls"]
    assert words == "not filtered: the system does not take the filter (Invalid argument)"
    assert "no sandbox" in calls.refuse_calls(sandbox=False)["system calls"]
    monkeypatch.setattr(calls, "STEPS", b"")
    assert "this system" in calls.refuse_calls(sandbox=True)["system calls"]


@pytest.mark.skipif(platform.machine() != "x86_64" or not sys.platform.startswith("linux"),
                    reason="other numbers of system calls")  # fmt: skip
def test_an_ordinary_kernel_leaves_the_keys_of_whoever_grades():
    """The filter would refuse to ask for them; they are gone without it too."""
    code = ("import ctypes, sys; sys.path.insert(0, sys.argv[1])\n"
            "from scidip.grading.inside import isolate\nlibc = ctypes.CDLL(None)\n"
            "libc.syscall(250, 1, None)\nlibc.syscall(248, b'user', b'word', b'x', 1, -3)\n"
            "def found():\n    return libc.syscall(250, 10, -3, b'user', b'word', 0) > 0\n"
            "before = found()\nisolate.contain_whole(isolate.Limits(), sandbox=False)\n"
            "print(before, found())")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, str(course_copy.PACKAGE.parent)],
                          capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    if done.stdout.startswith("False"):
        pytest.skip("this system has no keys")
    assert done.stdout.split() == ["True", "False"]


def test_a_warm_process_that_does_not_start_says_why(tmp_path):
    course = course_copy.make_course_copy(tmp_path / "course")
    (course / "scidip" / "grading" / "inside" / "runner.py").write_text("raise ImportError('boom')")
    process = warm.WarmProcess(course, find_containment(), Limits())
    time.sleep(1)  # it is gone before it is told anything
    process.load("anything")
    with pytest.raises(Infrastructure, match="boom"):
        process.start()


def test_where_no_process_can_be_forked_the_grader_hears_it_and_others_go_on(monkeypatch):
    def full(*_):
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(runner.os, "fork", full)
    ours, theirs = socket.socketpair()
    room = runner._Room(Limits(), [], None)
    serving = threading.Thread(target=runner._serve, args=(theirs, room), daemon=True)
    serving.start()
    assert ours.recv(16) == b"warm\n"
    for order in ({"start": 1}, {"branch": True}, {"start": 2}):
        channel, other = socket.socketpair()
        socket.send_fds(ours, [json.dumps(order).encode() + b"\n"], [other.fileno()])
        other.close()
        channel.settimeout(20)
        assert channel.recv(16) == b""
    ours.close()
    serving.join(20)
    assert not serving.is_alive()


@needs_sandbox
def test_the_trial_of_nested_sandboxes_waits_for_a_slow_machine():
    code = contain.NESTED.replace("print('in')", "import time; time.sleep(0.5); print('in')")
    words = [*contain.bubblewrap([(contain.INSIDE, contain.COURSE, False)]), sys.executable, "-I"]
    done = subprocess.run([*words, "-c", code, contain.COURSE], capture_output=True, text=True,
                          timeout=60, check=False)  # fmt: skip
    assert done.stdout == "in\n"


@needs_sandbox
def test_where_namespaces_fail_nothing_is_run(monkeypatch, tmp_path):
    course = course_copy.make_course_copy(tmp_path / "course")
    monkeypatch.setattr(warm, "OWN", ["/nowhere"])
    process = warm.WarmProcess(course, find_containment(), Limits())
    try:
        with pytest.raises(Infrastructure, match="mount"):
            process.start()
    finally:
        process.close()


def test_where_sandboxes_can_not_be_nested_each_submission_gets_one_of_its_own(monkeypatch):
    monkeypatch.setattr("scidip.grading.settings.find_containment",
                        lambda: Containment("bubblewrap", nested=False))  # fmt: skip
    bench = Bench(settings())
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
