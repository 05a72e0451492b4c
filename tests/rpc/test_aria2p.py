"""aria2p, the client of aria2 for Python, controls the queue."""

import threading

import aria2p
import pytest
from conftest import PATIENCE_S, Served, until

SLOW = (5, 50_000_000, "rate=100000")


def api(served):
    return aria2p.API(aria2p.Client(host="http://127.0.0.1", port=served.port, secret=served.secret))


def status(api, gid):
    return api.get_download(gid).status


def test_a_download_comes_and_is_forgotten(served, web):
    client = api(served)
    [added] = client.add(web.url(1, 5000), options={"out": "file"})
    until("it is complete", lambda: client.get_download(added.gid).is_complete)
    assert (served.downloads / "file").read_bytes() == web.content(1, 5000)
    done = client.get_download(added.gid)
    assert (done.total_length, done.completed_length, done.progress) == (5000, 5000, 100.0)
    assert done.name == "file"
    assert done.dir == served.downloads
    assert [str(file.path) for file in done.files] == [str(served.downloads / "file")]
    assert [one.gid for one in client.get_downloads()] == [added.gid]
    assert client.purge()
    assert client.get_downloads() == []


def test_a_download_is_paused_resumed_and_removed_and_outlives_a_kill(served, web):
    client = api(served)
    download = client.add_uris([web.url(*SLOW)])
    until("it is active", lambda: status(client, download.gid) == "active")
    until("bytes are here", lambda: client.get_download(download.gid).completed_length > 0)
    assert client.pause([client.get_download(download.gid)]) == [True]
    assert client.get_download(download.gid).is_paused
    served.kill()
    served.start()
    client = api(served)
    paused = client.get_download(download.gid)
    assert paused.is_paused
    assert paused.completed_length > 0, "what was here stays"
    assert client.resume([paused]) == [True]
    until("it is active", lambda: status(client, download.gid) == "active")
    assert client.get_stats().num_active == 1
    assert client.pause_all()
    assert client.get_download(download.gid).is_paused
    assert client.resume_all()
    assert client.remove([client.get_download(download.gid)], clean=False) == [True]
    assert [one for one in client.get_downloads() if one.status != "removed"] == []


def test_options_are_read_and_changed(served, web):
    client = api(served)
    download = client.add_uris([web.url(*SLOW)], options={"pause": "true", "max-download-limit": "2M"})
    assert client.get_options([download])[0].max_download_limit == 2 << 20
    assert client.set_options({"max-download-limit": "1024"}, [download]) == [True]
    assert client.get_options([download])[0].max_download_limit == 1024
    assert client.set_global_options({"max-overall-download-limit": "7K"})
    assert client.get_global_options().max_overall_download_limit == 7 << 10
    with pytest.raises(aria2p.ClientException, match="bt-tracker: the option is not supported"):
        client.add_uris([web.url(1, 5)], options={"bt-tracker": "x"})


def test_notifications_come(served, web):
    client = api(served)
    told, complete = [], threading.Event()

    def note(kind, gid):
        told.append((kind, gid))
        if kind == "complete":
            complete.set()

    def noting(kind):
        return lambda _api, gid: note(kind, gid)

    client.listen_to_notifications(
        threaded=True, on_download_start=noting("start"), on_download_complete=noting("complete"), timeout=1
    )
    try:
        # It listens when it has told of a first one, and connects meanwhile.
        def is_told():
            download = client.add_uris([web.url(1, 50)])
            complete.wait(1)
            return any(gid == download.gid for _, gid in told)

        until("it is told", is_told)
        assert complete.wait(PATIENCE_S)
    finally:
        client.stop_listening()


def test_a_wrong_secret_is_refused(tmp_path):
    served = Served(tmp_path, "open sesame")
    try:
        assert api(served).get_stats().num_active == 0
        served.secret = "x"
        with pytest.raises(aria2p.ClientException, match="Unauthorized"):
            api(served).get_stats()
    finally:
        served.end()
