"""`bgcopy.Manager`."""

from __future__ import annotations

import os
import stat
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Bench

import bgcopy
from bgcopy import (
    CostState,
    JobPropertyId,
    JobType,
    Limits,
    Manager,
    Network,
    PowerState,
    RateLimits,
    WaitKind,
)


def test_makes_and_finds_jobs(bench: Bench) -> None:
    manager = bench.manager
    first, second = manager.create_job("first"), manager.create_job("second", JobType.DOWNLOAD)
    # Jobs of one millisecond come in any order.
    assert {job.display_name for job in manager} == {"first", "second"}
    assert {job.id for job in manager.jobs()} == {first.id, second.id}
    assert manager.get_job(first.id).id == first.id
    assert first.manager is manager
    with pytest.raises(bgcopy.JobNotFoundError) as raised:
        manager.get_job(uuid.uuid4())
    assert raised.value.hresult is bgcopy.HResult.DO_E_JOB_NOT_FOUND
    assert isinstance(raised.value, LookupError)


def test_store_is_for_the_caller_alone(tmp_path: Path) -> None:
    for given in (str(tmp_path / "a"), tmp_path / "b"):
        with Manager(given) as manager:
            assert manager.store == Path(given)
            assert manager.damage is None
            assert stat.S_IMODE(manager.store.stat().st_mode) == 0o700
            assert repr(manager) == f"<bgcopy.Manager {given}>"


def test_managers_share_a_store(bench: Bench) -> None:
    job = bench.manager.create_job("shared")
    with Manager(bench.store) as second:
        assert second.get_job(job.id).display_name == "shared"
        assert [bench.manager.is_host, second.is_host] == [True, False]
        assert bench.manager.host_process == second.host_process == os.getpid()


def test_exclusive_manager_is_alone(bench: Bench) -> None:
    with pytest.raises(bgcopy.StoreInUseError) as raised:
        Manager(bench.store, exclusive=True)
    assert isinstance(raised.value, OSError)
    bench.manager.close()
    with Manager(bench.store, exclusive=True), pytest.raises(bgcopy.StoreInUseError):
        Manager(bench.store)


def test_closed_manager_says_so(bench: Bench) -> None:
    job = bench.job()
    bench.manager.close()
    bench.manager.close()
    for call in (
        lambda: bench.manager.create_job("x"),
        bench.manager.jobs,
        lambda: bench.manager.next_event(0),
        job.resume,
        job.wait,
    ):
        with pytest.raises(bgcopy.ManagerClosedError):
            call()


def test_limits(bench: Bench) -> None:
    assert bench.manager.limits == Limits()
    bench.manager.limits = Limits(jobs=1)
    assert bench.manager.limits.jobs == 1
    bench.manager.create_job("one")
    with pytest.raises(bgcopy.BgcopyError) as raised:
        bench.manager.create_job("two")
    assert raised.value.hresult is bgcopy.HResult.BG_E_TOO_MANY_JOBS_PER_USER
    with pytest.raises(ValueError, match="limit of 0"):
        bench.manager.limits = Limits(jobs=0)


def test_limits_and_user_agent_at_the_start(tmp_path: Path) -> None:
    limits = Limits(simultaneous_files=2)
    with Manager(tmp_path / "store", limits=limits, user_agent="test") as manager:
        assert manager.limits == limits


def test_rate_limits(bench: Bench) -> None:
    manager = bench.manager
    assert manager.rate_limits == RateLimits()
    manager.rate_limits = RateLimits(download=1, upload=2**63 - 1)
    assert manager.rate_limits == RateLimits(1, 2**63 - 1)
    for wrong in (RateLimits(download=2**63), RateLimits(upload=2**64 - 1)):
        with pytest.raises(ValueError, match="a rate limit is at most"):
            manager.rate_limits = wrong
    with pytest.raises(OverflowError):
        manager.rate_limits = RateLimits(download=-1)
    assert manager.rate_limits.download == 1
    job = manager.create_job("one")
    assert job.property(JobPropertyId.MAX_DOWNLOAD_RATE) == 0
    job.set_property(JobPropertyId.MAX_DOWNLOAD_RATE, 1024)
    assert job.property(JobPropertyId.MAX_DOWNLOAD_RATE) == 1024


def test_rate_limits_at_the_start_are_stored(tmp_path: Path) -> None:
    rates = RateLimits(download=5)
    with Manager(tmp_path / "store", rate_limits=rates) as manager:
        assert manager.rate_limits == rates
    with Manager(tmp_path / "store") as manager:
        assert manager.rate_limits == rates


def test_power(bench: Bench) -> None:
    manager = bench.manager
    assert manager.power is PowerState.EXTERNAL
    job = bench.job()
    job.set_property(JobPropertyId.POWER_FLAGS, PowerState.EXTERNAL)
    manager.power = PowerState.BATTERY | PowerState.SAVER
    assert manager.power == PowerState.BATTERY | PowerState.SAVER
    job.resume()
    assert job.wait_reason.kind is WaitKind.POLICY_CLOSED
    with pytest.raises(ValueError, match="no state of power"):
        manager.power = PowerState.SAVER
    with pytest.raises(ValueError, match="no flags of power"):
        job.set_property(JobPropertyId.POWER_FLAGS, 0)
    manager.power = PowerState.EXTERNAL
    job.wait()


def test_transfer_window(bench: Bench) -> None:
    manager = bench.manager
    assert manager.transfer_window == ""
    manager.transfer_window = "Mon-Fri 22:00-06:00; Sat,Sun"
    assert manager.transfer_window == "Mon-Fri 22:00-06:00; Sat,Sun"
    with pytest.raises(ValueError, match="at character 7,"):
        manager.transfer_window = "22:00-22:00"
    with pytest.raises(TypeError):
        manager.transfer_window = 22  # type: ignore[assignment]
    manager.transfer_window = ""
    job = manager.create_job("one")
    assert job.property(JobPropertyId.TRANSFER_WINDOW) == ""
    job.set_property(JobPropertyId.TRANSFER_WINDOW, "Sat,Sun")
    assert job.property(JobPropertyId.TRANSFER_WINDOW) == "Sat,Sun"
    for wrong in ("Sat-", 5):
        with pytest.raises(bgcopy.InvalidArgumentError):
            job.set_property(JobPropertyId.TRANSFER_WINDOW, wrong)


def test_transfer_window_at_the_start_is_stored(tmp_path: Path) -> None:
    with Manager(tmp_path / "store", transfer_window="Sat,Sun") as manager:
        assert manager.transfer_window == "Sat,Sun"
    with Manager(tmp_path / "store") as manager:
        assert manager.transfer_window == "Sat,Sun"


def test_certificates_of_authorities_are_checked_at_the_start(tmp_path: Path) -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    store, file = tmp_path / "store", tmp_path / "authorities.pem"
    with pytest.raises(bgcopy.BgcopyError) as raised:
        Manager(store, ca_file=file)
    assert raised.value.hresult is bgcopy.HResult.E_FILE_NOT_FOUND
    file.write_text("no certificate")
    for ca_file, ca_pem in ((file, None), (None, "no certificate")):
        with pytest.raises(bgcopy.BgcopyError, match="no certificate") as raised:
            Manager(store, ca_file=ca_file, ca_pem=ca_pem)
        assert raised.value.hresult is bgcopy.HResult.CRYPT_E_FILE_ERROR
    file.write_text(pem)
    with pytest.raises(bgcopy.InvalidArgumentError):
        Manager(store, ca_file=file, ca_pem=pem)
    assert not store.exists()
    Manager(store, ca_file=file).close()
    Manager(store, ca_pem=pem).close()


@pytest.mark.parametrize("timeout", [0, 0.05, timedelta(milliseconds=50)])
def test_next_event_ends_with_its_timeout(bench: Bench, timeout: float | timedelta) -> None:
    assert bench.manager.next_event(timeout) is None


@pytest.mark.parametrize("timeout", [-1, float("nan"), timedelta(seconds=-1)])
def test_negative_span_is_refused(bench: Bench, timeout: float | timedelta) -> None:
    with pytest.raises(bgcopy.InvalidArgumentError):
        bench.manager.next_event(timeout)


def test_error_description(bench: Bench) -> None:
    code = bgcopy.HResult.DO_E_JOB_NOT_FOUND
    assert bench.manager.error_description(code) == code.text
    assert bench.manager.error_description(0x12345678)


def test_unknown_job_type_is_refused(bench: Bench) -> None:
    with pytest.raises(bgcopy.InvalidArgumentError):
        bench.manager.create_job("x", 77)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        bench.manager.create_job(b"x")  # type: ignore[arg-type]


def test_damaged_store_is_told(bench: Bench) -> None:
    bench.manager.create_job("x")
    bench.manager.close()
    [database] = [
        path for path in bench.store.iterdir() if path.suffix in (".db", ".sqlite", ".sqlite3")
    ]
    database.write_bytes(b"no database" * 1000)
    damage = bench.open().damage
    assert damage is not None
    assert damage.kept_at.exists()
    assert damage.message


def test_network_keeps_jobs_that_may_not_use_it(bench: Bench) -> None:
    manager = bench.manager
    assert manager.network == Network()
    job = bench.job()
    job.set_property(JobPropertyId.COST_FLAGS, CostState.TRANSFER_NOT_ROAMING)
    manager.network = Network(cost=CostState.ROAMING)
    job.resume()
    kinds = [job.wait_reason.kind]
    manager.network = Network(is_connected=False)
    kinds.append(job.wait_reason.kind)
    assert kinds == [WaitKind.POLICY_CLOSED, WaitKind.NO_NETWORK]
    with pytest.raises(bgcopy.InvalidArgumentError):
        manager.network = Network(cost=CostState(0))
    assert not manager.network.is_connected
    manager.network = Network()
    job.wait(timeout=30)


def test_paused_queue_moves_nothing(bench: Bench) -> None:
    job = bench.job()
    bench.manager.pause()
    job.resume()
    assert bench.manager.is_paused
    assert job.wait_reason.kind is WaitKind.PAUSED
    bench.manager.unpause()
    assert not bench.manager.is_paused
    job.wait(timeout=30)


def test_a_job_with_a_key_is_made_once(bench: Bench) -> None:
    job, is_new = bench.manager.create_job_with_key("a key", "made")
    again, is_second = bench.manager.create_job_with_key("a key", "again")
    assert (is_new, is_second) == (True, False)
    assert again.id == job.id == bench.manager.job_by_key("a key").id
    assert job.key == job.snapshot().record.key == "a key"
    assert again.display_name == "made"
    assert bench.manager.create_job("without").key is None
    job.cancel()
    with pytest.raises(bgcopy.JobNotFoundError):
        bench.manager.job_by_key("a key")
    with pytest.raises(bgcopy.InvalidArgumentError):
        bench.manager.create_job_with_key("", "no key")
