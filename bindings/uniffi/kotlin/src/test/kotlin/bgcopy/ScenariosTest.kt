package bgcopy

import kotlinx.coroutines.runBlocking
import org.junit.Test
import kotlin.io.path.exists
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

/** The shared scenarios: what every language can do with jobs. */
class ScenariosTest {
    @Test
    fun download_and_complete() = Bench().use { bench ->
        val job = bench.job()
        job.addFile(bench.remote(2), bench.path("second").toFile())
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        assertFalse(bench.path("file").exists(), "nothing is in place before complete")
        val file = job.file(0u)
        assertTrue(file.temporaryPath.exists())
        assertEquals(FileProgress(LENGTH.toULong(), LENGTH.toULong(), false), file.progress())
        assertEquals(HResult.S_OK, job.complete())
        bench.mustHold("file")
        bench.mustHold("second", seed = 2)
        bench.mustBeTidy()
        assertEquals(JobState.ACKNOWLEDGED, job.state())
        assertTrue(file.progress().completed)
        assertEquals(bench.path("file"), file.localPath)
        assertTrue(assertNotNull(file.responseHeaders()).startsWith("HTTP/1.1 200"))
        assertEquals(HResult.DO_E_JOB_NOT_FOUND, codeOf { bench.manager.getJob(job.id()) })
    }

    @Test
    fun pieces_of_a_file() = Bench().use { bench ->
        val job = bench.manager.createJob("pieces")
        val ranges = listOf(FileRange(100uL, 50uL), FileRange((LENGTH - 7).toULong()))
        job.addFileWithRanges(bench.remote(), bench.path("pieces"), ranges)
        assertEquals(ranges, job.file(0u).ranges())
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        job.complete()
        val whole = Server.bytes("/gen/1/$LENGTH")
        val wanted = whole.copyOfRange(100, 150) + whole.copyOfRange(LENGTH.toInt() - 7, LENGTH.toInt())
        assertContentEquals(wanted, bench.path("pieces").toFile().readBytes())
        val overlapping = listOf(FileRange(0uL, 10uL), FileRange(5uL, 10uL))
        val other = bench.manager.createJob("overlapping")
        assertEquals(
            HResult.DO_E_OVERLAPPING_RANGES,
            codeOf { other.addFileWithRanges(bench.remote(), bench.path("x"), overlapping) },
        )
        assertEquals(emptyList(), other.files())
    }

    @Test
    fun suspend_and_resume_keep_progress() = Bench().use { bench ->
        val job = bench.stalled()
        job.suspend()
        assertEquals(JobState.SUSPENDED, job.state())
        assertEquals(WaitKind.SUSPENDED_BY_CALLER, job.waitReason().kind)
        val held = job.progress().bytesTransferred
        assertTrue(held > 0uL)
        // The same content from where it does not stand still.
        job.file(0u).setRemoteName(bench.remote(9, "?etag=v1"))
        assertEquals(held, job.progress().bytesTransferred)
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        assertTrue(assertNotNull(job.file(0u).responseHeaders()).startsWith("HTTP/1.1 206"), "it went on")
        job.complete()
        bench.mustHold("stalled", seed = 9)
    }

    @Test
    fun cancel_removes_temp_file() = Bench().use { bench ->
        val job = bench.stalled()
        assertEquals(1, bench.temporaries().size)
        assertEquals(HResult.S_OK, job.cancel())
        bench.mustBeTidy()
        assertEquals(JobState.CANCELLED, job.state())
        assertEquals(HResult.DO_E_INVALID_STATE, codeOf { job.cancel() })
        assertEquals(HResult.DO_E_INVALID_STATE, codeOf { job.resume() })
        assertEquals("test", job.displayName())
    }

    @Test
    fun partial_complete() = Bench().use { bench ->
        val job = bench.stalled()
        job.addFile(bench.remote(2), bench.path("done"))
        until { job.progress().filesTransferred == 1u }
        assertEquals(HResult.BG_S_PARTIAL_COMPLETE, job.complete())
        bench.mustHold("done", seed = 2)
        assertFalse(bench.path("stalled").exists())
        bench.mustBeTidy()
    }

    @Test
    fun hash_mismatch() = Bench().use { bench ->
        val job = bench.job()
        job.file(0u).setExpectedHash(ExpectedHash(HashAlgorithm.SHA256, "0".repeat(64)))
        assertEquals(JobState.ERROR, bench.run(job))
        val error = job.error()
        assertEquals(HResult.BGCOPY_E_HASH_MISMATCH, error.hresult)
        assertEquals(0u, error.file)
        assertEquals(HResult.BG_S_PARTIAL_COMPLETE, job.complete())
        assertFalse(bench.path("file").exists(), "bad data is never released")
        bench.mustBeTidy()
    }

    @Test
    fun mirror_after_a_failure() = Bench().use { bench ->
        val job = bench.job(query = "status=404")
        val file = job.file(0u)
        assertTrue(file.addMirror(bench.remote()))
        assertFalse(file.addMirror(bench.remote()), "it is there already")
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        val (origin, mirror) = file.sources()
        assertEquals(SourceKind.ORIGIN, origin.kind)
        assertEquals(SourceState.FAILED, origin.state)
        assertEquals("BG_E_HTTP_ERROR_404", origin.hresult?.name)
        assertEquals(SourceState.ASKED, mirror.state)
        assertNull(mirror.hresult)
        job.complete()
        bench.mustBeTidy()
    }

    @Test
    fun hash_comes_with_the_file() = Bench().use { bench ->
        val job = bench.job()
        val hash = ExpectedHash(HashAlgorithm.SHA256, "A".repeat(64))
        job.addFileSet(
            listOf(
                FileSpec(bench.remote(1), bench.path("none")),
                FileSpec(bench.remote(1), bench.path("wrong"), expectedHash = hash),
            )
        )
        assertNull(job.file(1u).expectedHash())
        assertEquals("a".repeat(64), job.file(2u).expectedHash()?.digest)
        assertEquals(JobState.ERROR, bench.run(job))
        assertEquals(HResult.BGCOPY_E_HASH_MISMATCH, job.error().hresult)
        assertEquals(2u, job.error().file)
        val short = FileSpec(bench.remote(1), bench.path("no"), expectedHash = hash.copy(digest = "a"))
        assertEquals(HResult.E_INVALIDARG, codeOf { job.addFileSet(listOf(short)) })
        assertEquals(HResult.S_OK, job.cancel())
    }

    @Test
    fun wait_reason_says_why() = Bench().use { bench ->
        val job = bench.manager.createJob("waits")
        assertEquals(WaitKind.NO_FILES, job.waitReason().kind)
        assertEquals(HResult.DO_E_JOB_EMPTY, codeOf { job.resume() })
        job.addFile(Server.url("/missing"), bench.path("missing"))
        assertEquals(WaitKind.SUSPENDED_BY_CALLER, job.waitReason().kind)
        assertEquals(JobState.ERROR, bench.run(job))
        val reason = job.waitReason()
        assertEquals(job.error().hresult, reason.hresult)
        assertEquals("BG_E_HTTP_ERROR_404", reason.hresult?.name)
        assertEquals(job.error(), job.file(0u).error())
        assertTrue(reason.message.isNotEmpty() && reason.unblock.isNotEmpty())
        assertTrue(reason.sinceMs > 0)
        assertNull(reason.nextTry)
        assertEquals(WaitKind.AWAITING_COMPLETE, bench.job().also { bench.run(it) }.waitReason().kind)
    }

    @Test
    fun jobs_survive_their_manager() = Bench().use { bench ->
        val job = bench.stalled()
        job.setDescription("kept")
        job.setPriority(JobPriority.HIGH)
        val id = job.id()
        bench.manager.close()
        bench.manager.close()
        assertEquals(HResult.BGCOPY_E_MANAGER_CLOSED, codeOf { job.state() })
        assertEquals(HResult.BGCOPY_E_MANAGER_CLOSED, codeOf { bench.manager.jobs() })
        bench.manager = bench.open()
        val again = bench.manager.getJob(id)
        assertEquals(listOf(id), bench.manager.jobs().map { it.id() })
        assertEquals("kept", again.description())
        assertEquals(JobPriority.HIGH, again.priority())
        assertFalse(again.state() == JobState.SUSPENDED, "it goes on by itself")
        again.suspend()
        again.file(0u).setRemoteName(bench.remote(9, "?etag=v1"))
        assertEquals(JobState.TRANSFERRED, bench.run(again))
        again.complete()
        bench.mustHold("stalled", seed = 9)
    }

    @Test
    fun a_reader_looks_from_beside() = Bench().use { bench ->
        val job = bench.stalled()
        bench.open().use { other -> assertEquals(listOf(job.id()), other.jobs().map { it.id() }) }
        val alone = Options(bench.path("store").toString(), exclusive = true)
        assertEquals(HResult.E_SHARING_VIOLATION, codeOf { Manager.open(alone) })
        Reader.open(bench.path("store").toString()).use { reader ->
            assertTrue(reader.engineIsRunning())
            assertEquals(listOf(job.id()), reader.jobs().map { it.id })
            assertEquals(emptyList(), reader.survey().damaged)
            bench.manager.close()
            assertFalse(reader.engineIsRunning())
            val seen = reader.job(job.id())
            assertEquals(WaitKind.ENGINE_NOT_RUNNING, seen.waitReason.kind)
            assertEquals(bench.path("stalled").toString(), seen.files.single().localName)
            assertEquals(HResult.DO_E_JOB_NOT_FOUND, codeOf { reader.job(UNKNOWN_ID) })
        }
    }

    @Test
    fun certificates_of_authorities_are_checked() = Bench().use { bench ->
        val store = bench.path("other").toString()
        val missing = bench.path("authorities.pem").toString()
        assertEquals(HResult.E_FILE_NOT_FOUND, codeOf { Manager.open(Options(store, caFile = missing)) })
        assertEquals(HResult.CRYPT_E_FILE_ERROR, codeOf { Manager.open(Options(store, caPem = "none")) })
        val pem = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
        Manager.open(Options(store, caPem = pem)).close()
    }

    @Test
    fun errors_have_code_context_and_text() = Bench().use { bench ->
        val job = bench.manager.createJob("errors")
        val exception = assertFailsWith<BgcopyException> { job.addFile("gopher://x/y", bench.path("x")) }
        assertEquals(HResult.E_INVALIDARG, exception.hresult)
        assertEquals(ErrorContext.NONE, exception.context)
        assertTrue(exception.text.isNotEmpty())
        assertTrue("0x80070057 E_INVALIDARG" in exception.message.orEmpty(), exception.message)
        assertEquals(emptyList(), job.files())
        assertEquals("the job is not in the queue", bench.manager.errorDescription(HResult.DO_E_JOB_NOT_FOUND))
        assertEquals("the job is not in the queue", HResult.DO_E_JOB_NOT_FOUND.text)
        assertEquals(HResult.DO_E_FILE_NOT_AVAILABLE, codeOf { job.file(3u) })
        assertEquals(HResult.E_TIMEOUT, codeOf { job.wait(listOf(JobState.TRANSFERRED), 1.milliseconds) })
    }

    @Test
    fun wait_without_states_is_for_the_end() = Bench().use { bench ->
        val job = bench.job()
        assertEquals(HResult.E_TIMEOUT, codeOf { job.wait(Duration.ZERO) })
        job.resume()
        assertEquals(JobState.TRANSFERRED, job.wait(PATIENCE))
        job.complete()
        assertEquals(JobState.ACKNOWLEDGED, job.wait())
        assertEquals(JobState.ACKNOWLEDGED, runBlocking { job.awaitState(timeout = PATIENCE) })
    }

    @Test
    fun times_are_whole_seconds_rounded_up() = Bench().use { bench ->
        val job = bench.job()
        val becomes = { time: Duration ->
            job.setNoProgressTimeout(time)
            job.noProgressTimeout()
        }
        assertEquals(listOf(1u, 1u, 2u), listOf(1.nanoseconds, 500.milliseconds, 1001.milliseconds).map(becomes))
        assertEquals(listOf(0u, 1u), listOf(Duration.ZERO, 1.seconds).map(becomes))
        assertEquals(UInt.MAX_VALUE, becomes(Duration.INFINITE))
        assertEquals(HResult.E_INVALIDARG, codeOf { becomes((-1).milliseconds) })
        assertEquals(UInt.MAX_VALUE, job.noProgressTimeout())
        job.setMinimumRetryDelay(5001.milliseconds)
        assertEquals(6u, job.minimumRetryDelay())
        job.setMaximumDownloadTime(1500.microseconds)
        assertEquals(1u, job.maximumDownloadTime())
        assertEquals(listOf(0uL, 1uL, 2uL), listOf((-1).seconds, 1.nanoseconds, 2.milliseconds).map(::milliseconds))
    }

    @Test
    fun settings_are_kept() = Bench().use { bench ->
        val job = bench.job()
        job.setDisplayName("renamed")
        job.setMinimumRetryDelay(10.seconds)
        job.setNoProgressTimeout(60.seconds)
        job.setMaximumDownloadTime(3600.seconds)
        job.setNotifyFlags(NotifyFlags.JOB_ERROR or NotifyFlags.FILE_TRANSFERRED)
        job.setCustomHeaders("X-One: 1\r\n")
        job.setHttpMethod("GET")
        assertEquals("GET", job.httpMethod())
        job.setSecurityFlags(SecurityFlags.REDIRECT_DISALLOW)
        job.setProxySettings(ProxySettings(ProxyUsage.OVERRIDE, "proxy.invalid:3128", "localhost"))
        job.setClientCertificate(ClientCertificate("/tmp/a.pem", null))
        job.setCredentials(AuthTarget.SERVER, AuthScheme.BASIC, "name", "secret")
        assertEquals(HResult.S_OK, job.removeCredentials(AuthTarget.SERVER, AuthScheme.BASIC))
        assertEquals(HResult.S_FALSE, job.removeCredentials(AuthTarget.SERVER, AuthScheme.BASIC))
        job.setProperty(JobPropertyId.COST_FLAGS, PropertyValue.Dword(CostFlags.TRANSFER_STANDARD))
        val record = job.snapshot().record
        assertEquals(job.id(), record.id)
        assertEquals("renamed", record.displayName)
        assertEquals(listOf(10u, 60u, 3600u),
            listOf(record.minimumRetryDelay, record.noProgressTimeout, record.maximumDownloadTime))
        assertEquals(0x12u, job.notifyFlags())
        assertEquals("X-One: 1\r\n", job.customHeaders())
        assertEquals(0x200u, job.securityFlags())
        assertEquals("proxy.invalid:3128", job.proxySettings().list)
        assertEquals(ClientCertificate("/tmp/a.pem", null), record.clientCertificate)
        assertEquals(PropertyValue.Dword(0x80000067u), job.property(JobPropertyId.COST_FLAGS))
        assertEquals(HResult.E_INVALIDARG,
            codeOf { job.setProperty(JobPropertyId.COST_FLAGS, PropertyValue.Enable(true)) })
        assertEquals(HResult.S_OK, job.replaceRemotePrefix("http://", "https://"))
        assertTrue(job.file(0u).remoteName().startsWith("https://"))
        assertTrue(record.times.creation <= record.times.modification)
        assertEquals(JobType.DOWNLOAD, job.jobType())
        assertEquals(0uL, job.speed())
        assertNull(job.secondsLeft())
    }

    @Test
    fun limits_are_kept() = Bench().use { bench ->
        val limits = bench.manager.limits()
        bench.manager.setLimits(limits.copy(simultaneousFiles = 1u))
        assertEquals(1u, bench.manager.limits().simultaneousFiles)
        assertEquals(HResult.E_INVALIDARG, codeOf { bench.manager.setLimits(limits.copy(jobs = 0u)) })
        bench.stalled()
        val second = bench.job(name = "second").also { it.resume() }
        assertEquals(WaitKind.WAITING_FOR_SLOT, second.waitReason().kind)
    }

    @Test
    fun rate_limits_are_kept() = Bench().use { bench ->
        assertEquals(RateLimits(download = 0uL, upload = 0uL), bench.manager.rateLimits())
        val rates = RateLimits(download = 1024uL, upload = 1uL)
        bench.manager.setRateLimits(rates)
        assertEquals(rates, bench.manager.rateLimits())
        assertEquals(HResult.E_INVALIDARG,
            codeOf { bench.manager.setRateLimits(rates.copy(download = ULong.MAX_VALUE)) })
        val job = bench.job()
        job.setProperty(JobPropertyId.MAX_DOWNLOAD_RATE, PropertyValue.Uint64(5uL))
        assertEquals(PropertyValue.Uint64(5uL), job.property(JobPropertyId.MAX_DOWNLOAD_RATE))
    }

    @Test
    fun windows_are_kept() = Bench().use { bench ->
        assertEquals("", bench.manager.transferWindow())
        bench.manager.setTransferWindow("Mon-Fri 22:00-06:00; Sat,Sun")
        assertEquals("Mon-Fri 22:00-06:00; Sat,Sun", bench.manager.transferWindow())
        assertEquals(HResult.E_INVALIDARG,
            codeOf { bench.manager.setTransferWindow("22:00-22:00") })
        val job = bench.job()
        job.setProperty(JobPropertyId.TRANSFER_WINDOW, PropertyValue.Text("Sat,Sun"))
        assertEquals(PropertyValue.Text("Sat,Sun"), job.property(JobPropertyId.TRANSFER_WINDOW))
    }

    @Test
    fun a_job_waits_for_power_that_it_may_use() = Bench().use { bench ->
        assertEquals(PowerFlags.EXTERNAL, bench.manager.power())
        val job = bench.stalled()
        job.setProperty(JobPropertyId.POWER_FLAGS, PropertyValue.Dword(PowerFlags.EXTERNAL))
        bench.manager.setPower(PowerFlags.BATTERY or PowerFlags.SAVER)
        assertEquals(WaitKind.POLICY_CLOSED, job.waitReason().kind)
        assertEquals(HResult.E_INVALIDARG, codeOf { bench.manager.setPower(PowerFlags.SAVER) })
    }

    @Test
    fun a_job_waits_for_a_network_that_it_may_use() = Bench().use { bench ->
        val job = bench.stalled()
        job.setProperty(JobPropertyId.COST_FLAGS, PropertyValue.Dword(CostFlags.TRANSFER_UNRESTRICTED))
        bench.manager.setNetwork(Network(isConnected = true, cost = CostFlags.USAGE_BASED))
        assertEquals(WaitKind.POLICY_CLOSED, job.waitReason().kind)
        bench.manager.setNetwork(Network(isConnected = false, cost = CostFlags.UNRESTRICTED))
        assertEquals(WaitKind.NO_NETWORK, job.waitReason().kind)
        assertFalse(bench.manager.network().isConnected)
        assertEquals(HResult.E_INVALIDARG,
            codeOf { bench.manager.setNetwork(Network(isConnected = true, cost = 0u)) })
    }

    @Test
    fun a_paused_queue_moves_nothing() = Bench().use { bench ->
        val job = bench.job()
        bench.manager.pause()
        assertTrue(bench.manager.isPaused())
        job.resume()
        assertEquals(WaitKind.PAUSED, job.waitReason().kind)
        bench.manager.unpause()
        assertEquals(JobState.TRANSFERRED, bench.run(job))
    }

    @Test
    fun suspend_all_and_resume_all() = Bench().use { bench ->
        val moving = bench.stalled()
        val still = bench.job(name = "still")
        val done = bench.job(name = "done").also { bench.run(it) }
        val suspended = bench.manager.suspendAll()
        assertEquals(listOf(moving.id()), suspended, "the others do not move")
        assertEquals(JobState.SUSPENDED, moving.state())
        assertEquals(emptyList(), bench.manager.suspendAll())
        assertEquals(suspended, bench.manager.resumeAll(suspended + UNKNOWN_ID + done.id()))
        assertEquals(JobState.SUSPENDED, still.state())
        assertEquals(JobState.TRANSFERRED, done.state())
        assertFalse(moving.state() == JobState.SUSPENDED)
    }

    @Test
    fun refused_content_is_fetched_again() = Bench().use { bench ->
        val job = bench.job()
        val file = job.file(0u)
        assertEquals(HResult.E_PENDING, codeOf { file.setValidationState(true) })
        bench.run(job)
        file.setValidationState(false)
        assertEquals(HResult.BG_E_VALIDATION_FAILED, job.error().hresult)
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        file.setValidationState(true)
        assertEquals(true, file.validationState())
    }

    @Test
    fun upload() = Bench().use { bench ->
        val job = bench.upload("/up/kotlin")
        assertEquals(JobType.UPLOAD, job.jobType())
        assertEquals(UploadProtocol.BITS, job.uploadProtocol())
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        assertEquals(JobProgress(LENGTH.toULong(), LENGTH.toULong(), 1u, 1u), job.progress())
        assertContentEquals(Server.bytes("/gen/1/$LENGTH"), Server.sent("/up/kotlin"))
        assertEquals(HResult.E_NOTIMPL, codeOf { job.replyProgress() })
        assertEquals(HResult.S_OK, job.complete())
        assertTrue(bench.path("source").exists(), "the source is the caller's")
        assertEquals(emptyList(), bench.manager.jobs())
    }

    @Test
    fun upload_with_a_reply() = Bench().use { bench ->
        val job = bench.upload("/up/answered/kotlin", JobType.UPLOAD_REPLY)
        assertEquals(bench.path("source.reply"), job.replyPath)
        job.setReplyFileName(bench.path("answer"))
        assertEquals(ReplyProgress(null, 0uL), job.replyProgress())
        assertEquals(HResult.DO_E_INVALID_STATE, codeOf { job.replyData() })
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        val answer = Server.bytes("/gen/9/100000")
        assertEquals(ReplyProgress(100_000uL, 100_000uL), job.replyProgress())
        assertContentEquals(answer, job.replyData())
        assertFalse(bench.path("answer").exists(), "nothing is in place before complete")
        assertEquals(HResult.S_OK, job.complete())
        assertContentEquals(answer, bench.path("answer").toFile().readBytes())
    }

    @Test
    fun many_uploads_are_one_job_each() = Bench().use { bench ->
        val files = (1..3).map { bench.source("s $it", it) }
        val folder = Server.url("/up/kotlin-many/")
        assertEquals(
            HResult.E_FILE_NOT_FOUND,
            codeOf { bench.manager.createUploads(files + bench.path("none"), folder) },
        )
        assertEquals(emptyList(), bench.manager.jobs(), "all or none")
        assertEquals(
            HResult.E_INVALIDARG,
            codeOf { bench.manager.createUploads(files, folder.trimEnd('/')) },
        )
        val jobs = bench.manager.createUploads(files, folder)
        assertEquals(listOf("s 1", "s 2", "s 3"), jobs.map { it.displayName() })
        jobs.forEach { it.resume() }
        jobs.forEachIndexed { index, job ->
            val seed = index + 1
            assertEquals(JobState.TRANSFERRED, job.wait(STOPS, PATIENCE))
            assertContentEquals(
                Server.bytes("/gen/$seed/$LENGTH"), Server.sent("/up/kotlin-many/s%20$seed"))
            job.complete()
        }
    }

    @Test
    fun upload_by_each_protocol() = Bench().use { bench ->
        for (way in UploadWay.entries) {
            val job = bench.upload("${way.area}kotlin-each", way = way)
            assertEquals(way.protocol, job.uploadProtocol())
            assertEquals(JobState.TRANSFERRED, bench.run(job), "$way")
            assertContentEquals(
                Server.bytes("/gen/1/${way.length}"), Server.sent("${way.area}kotlin-each"), "$way")
            assertEquals(HResult.S_OK, job.complete())
        }
    }

    @Test
    fun cancel_of_an_upload_reaches_the_server() = Bench().use { bench ->
        for (way in UploadWay.entries) {
            val path = "${way.slow}kotlin"
            val job = bench.upload(path, way = way)
            job.resume()
            // A part of S3 is there when all of it has come.
            val least = if (way == UploadWay.S3) 0L else 1L
            until { (Server.unfinished(way.slow)[path] ?: -1) >= least }
            assertEquals(HResult.S_OK, job.cancel())
            assertEquals(JobState.CANCELLED, job.state())
            until { job.waitReason().kind == WaitKind.FINISHED }
            assertNull(Server.unfinished(way.slow)[path], "$way")
            assertNull(Server.sent(path), "$way")
            assertTrue(bench.path("source").exists(), "the source is the caller's")
        }
    }

    @Test
    fun a_server_for_tus_names_files_itself() = Bench().use { bench ->
        val folder = Server.url("/up/tus/")
        val job = bench.manager.createUploads(listOf(bench.source()), folder).single()
        assertEquals(JobState.TRANSFERRED, bench.run(job))
        assertEquals(folder, job.file(0u).remoteName())
        assertEquals(HResult.S_OK, job.complete())
    }
}
