package bgcopy

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Test
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

/** Bytes that memory may grow by while managers come and go: what the pools of two languages keep. */
private const val GROWTH_MAX_BYTES: Long = 32L * 1024 * 1024

class LifetimesTest {
    @Test
    fun coroutines_wait_without_threads_of_a_dispatcher() = Bench().use { bench ->
        runBlocking<Unit> {
            // More than a dispatcher has threads, all in one thread.
            val jobs = List(100) { bench.job(name = "file$it") }
            val waits = jobs.map { launch(start = CoroutineStart.UNDISPATCHED) { it.awaitTransferred(PATIENCE) } }
            jobs.forEach { it.awaitResume() }
            waits.joinAll()
            assertEquals(HResult.S_OK, jobs.first().awaitComplete())
        }
    }

    @Test
    fun cancellation_ends_a_wait_at_once() = Bench().use { bench ->
        runBlocking<Unit> {
            val job = bench.stalled()
            val wait = async(start = CoroutineStart.UNDISPATCHED) { job.awaitTransferred() }
            delay(20.milliseconds)
            assertEquals(1, threads("bgcopy-wait"))
            val time = measureTime { wait.cancelAndJoin() }
            assertTrue(time < 500.milliseconds, "it took $time")
            assertFailsWith<CancellationException> { wait.await() }
            assertTrue(job.state() == JobState.TRANSFERRING, "the job goes on")
            until { threads("bgcopy-wait") == 0 }
        }
    }

    @Test
    fun a_wait_ends_by_time_cancel_or_close() = Bench().use { bench ->
        runBlocking<Unit> {
            val job = bench.stalled()
            val states = listOf(JobState.TRANSFERRED)
            assertEquals(HResult.E_TIMEOUT, code { job.awaitTransferred(timeout = 20.milliseconds) })
            job.startWait(states).use { wait ->
                wait.cancel()
                assertEquals(HResult.E_ABORT, code { wait.state() })
            }
            val closed = async(start = CoroutineStart.UNDISPATCHED) { code { job.awaitState(*states.toTypedArray()) } }
            bench.manager.awaitClose()
            withTimeout(PATIENCE) { assertEquals(HResult.BGCOPY_E_MANAGER_CLOSED, closed.await()) }
        }
    }

    @Test
    fun a_failed_or_cancelled_job_ends_the_wait() = Bench().use { bench ->
        runBlocking<Unit> {
            val job = bench.manager.awaitCreateJob("fails")
            job.awaitAddFile(Server.url("/missing"), bench.path("missing").toString())
            job.awaitResume()
            assertEquals("BG_E_HTTP_ERROR_404", code { job.awaitTransferred(PATIENCE) }?.name)
            job.awaitCancel()
            assertEquals(HResult.E_ABORT, code { job.awaitTransferred(PATIENCE) })
        }
    }

    @Test
    fun a_call_that_was_begun_is_finished() = Bench().use { bench ->
        runBlocking<Unit> {
            val job = bench.job()
            var code: HResult? = null
            val call = launch(start = CoroutineStart.UNDISPATCHED) { code = job.awaitCancel() }
            call.cancelAndJoin()
            assertEquals(HResult.S_OK, code)
            assertEquals(JobState.CANCELLED, job.state())
        }
    }

    @Test
    fun objects_are_freed_in_any_order() {
        for (order in listOf("manager job file", "file job manager", "job manager file", "job file manager")) {
            Bench().use { bench ->
                val manager = openManager(Options(bench.path("second").toString()))
                val job = manager.createJob("freed")
                job.addFile(bench.remote(), bench.path("file"))
                val file = job.file(0u)
                val all = mapOf("manager" to manager, "job" to job, "file" to file)
                for (name in order.split(' ')) {
                    // Whatever is still held works.
                    file.takeUnless { it.uniffiIsDestroyed }?.remoteName()
                    job.takeUnless { it.uniffiIsDestroyed }?.state()
                    all.getValue(name).close()
                }
                assertFailsWith<IllegalStateException> { file.remoteName() }
                // Nothing holds the store any more.
                Manager.open(bench.path("second")).use { assertEquals(1, it.jobs().size) }
            }
        }
    }

    @Test
    fun a_thousand_managers_leave_nothing_behind() = Bench().use { bench ->
        repeat(100) { openAndClose(bench) }
        settle()
        val (memory, descriptors) = memoryBytes() to descriptors()
        repeat(1_000) { openAndClose(bench) }
        settle()
        assertTrue(descriptors() <= descriptors + 2, "descriptors: $descriptors, then ${descriptors()}")
        val growth = memoryBytes() - memory
        println("1,000 managers: memory grew by ${growth / 1024} KiB, descriptors by ${descriptors() - descriptors}")
        assertTrue(growth < GROWTH_MAX_BYTES, "memory grew by $growth bytes")
        until { threads("bgcopy") <= ENGINE_THREADS }
    }

    private fun openAndClose(bench: Bench) {
        Manager.open(bench.path("thousand")).use { manager ->
            manager.addListener { }
            manager.limits()
        }
    }

    /** Lets the cleaner free what is not held any more. */
    private fun settle() {
        repeat(3) {
            System.gc()
            Thread.sleep(100)
        }
    }

    private fun memoryBytes(): Long =
        Files.readString(Path.of("/proc/self/statm")).split(' ')[1].toLong() * 4096

    private fun descriptors(): Int = Path.of("/proc/self/fd").listDirectoryEntries().size

    private suspend fun code(call: suspend () -> Unit): HResult? =
        try {
            call()
            null
        } catch (exception: BgcopyException) {
            exception.hresult
        }

    private companion object {
        /** Of the one manager that is still open. */
        const val ENGINE_THREADS = 10
    }
}
