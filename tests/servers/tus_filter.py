"""The tus server of tusfilter, with checksums: tus_filter.py PORT FOLDER"""

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tusfilter import TusFilter


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, format, *arguments):
        pass


def finished(environ, start_response):
    """What is asked once a file is whole."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b""]


port, folder = int(sys.argv[1]), sys.argv[2]
tus = TusFilter(finished, upload_path="/files", tmp_dir=folder)
with make_server("127.0.0.1", port, tus, server_class=Server, handler_class=Handler) as server:
    print("ready", flush=True)
    server.serve_forever()
