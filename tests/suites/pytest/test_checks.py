import http.server
import multiprocessing
import pathlib
import socket
import tempfile
import threading
import urllib.request

import pytest


@pytest.fixture(scope="module")
def server():
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def test_server_listens(server):
    with socket.create_connection(server.server_address, timeout=5):
        pass


def test_server_answers(server):
    with urllib.request.urlopen(f"http://localhost:{server.server_port}/", timeout=5) as response:
        assert response.status == 200


def test_socket_pair():
    one, other = socket.socketpair()
    one.sendall(b"word")
    assert other.recv(4) == b"word"


def test_temporary_file(tmp_path):
    (tmp_path / "file").write_text("word")
    assert pathlib.Path(tempfile.gettempdir()).is_dir()


def test_processes():
    with multiprocessing.Pool(2) as pool:
        assert pool.map(abs, [-1, -2]) == [1, 2]
