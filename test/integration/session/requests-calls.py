"""Makes the oracle's list of calls with python-requests: the same calls as requests-oracle.test.ts, by name.

argv: the recorder's base URL, that of a second recorder (another port, so another origin), and a folder with two .netrc
files. Prints nothing; the recorders write down what came.
"""
import os
import sys

import requests
from requests.auth import HTTPDigestAuth

base, other, folder = sys.argv[1:4]


def session():
    made = requests.Session()
    made.trust_env = False
    made.headers["X-Session"] = "s"
    made.params = {"key": "k"}
    return made


def call(name, made, method, path, **options):
    headers = {"X-Case": name, **options.pop("headers", {})}
    made.request(method, base + path, headers=headers, timeout=10, **options)


s = session()
for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    call("method-" + method, s, method, "/echo")
call("params-merge", s, "GET", "/echo?own=1", params={"q": "a b&c", "list": ["1", "2"]})
call("params-null", s, "GET", "/echo", params={"key": None, "q": "x"})
call("header-override", s, "GET", "/echo", headers={"x-session": "call"})
call("header-null", s, "GET", "/echo", headers={"X-Session": None})
call("json", s, "POST", "/echo", json={"a": 1, "b": [True, None]})
call("form", s, "POST", "/echo", data={"a": "b c", "d": ["1", "2"], "u": "é&="})
call("bytes", s, "POST", "/echo", data=b"\x00\x01raw")
call("json-own-type", s, "POST", "/echo", json={}, headers={"Content-Type": "application/vnd.x+json"})
call("fragment", s, "GET", "/echo#part")

s = session()
s.auth = ("ann", "p:w")
call("basic", s, "GET", "/echo")
call("basic-call", s, "GET", "/echo", auth=("bob", "x"))
s.auth = HTTPDigestAuth("ann", "pw")
call("digest-first", s, "GET", "/digest/a?b=c")
call("digest-again", s, "POST", "/digest/a", json={"x": 1})

s = session()
call("cookie-set", s, "GET", "/cookies/set")
call("cookie-sent", s, "GET", "/echo")
call("cookie-path", s, "GET", "/deep/er")
call("cookie-path-not", s, "GET", "/deeper")
call("cookie-call", s, "GET", "/echo", cookies={"once": "1"})
call("cookie-after", s, "GET", "/echo")
call("cookie-delete", s, "GET", "/cookies/delete")
call("cookie-gone", s, "GET", "/echo")

for status in (301, 302, 303, 307, 308):
    for method in ("GET", "POST", "PUT", "HEAD"):
        body = {} if method in ("GET", "HEAD") else {"data": b"payload", "headers": {"Content-Type": "text/x"}}
        call(f"redirect-{status}-{method}", session(), method, f"/redirect/{status}", allow_redirects=True, **body)
s = session()
s.auth = ("ann", "pw")
call("redirect-same-host", s, "GET", "/redirect/302")
call("redirect-crossing", s, "GET", f"/redirect-to?url={other}/echo", headers={"Cookie": "by=hand"})
call("redirect-cookie-hop", session(), "GET", "/redirect-cookie")
call("redirect-bounce", session(), "GET", "/dash")
call("redirect-not-300", session(), "GET", "/redirect/300")
call("redirect-not-304", session(), "GET", "/redirect/304")
call("redirect-relative", session(), "GET", "/dir/relative")
call("redirect-off", session(), "GET", "/redirect/302", allow_redirects=False)

for file in ("own", "default"):
    os.environ["NETRC"] = f"{folder}/{file}"
    s = session()
    s.trust_env = True
    call(f"netrc-{file}-first", s, "GET", "/echo")
    call(f"netrc-{file}-foreign", s, "GET", "/to-foreign")
    call(f"netrc-{file}-back", s, "GET", "/to-foreign-and-back")
    call(f"netrc-{file}-call-auth", s, "GET", "/redirect/302", auth=("bob", "x"))
    call(f"netrc-{file}-call-auth-foreign", s, "GET", "/to-foreign", auth=("bob", "x"))
