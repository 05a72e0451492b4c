package bgcopy

import kotlinx.coroutines.async
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Test
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

private val ALL_FILE_EVENTS: UInt =
    NotifyFlags.DEFAULT or NotifyFlags.FILE_TRANSFERRED or NotifyFlags.FILE_RANGES_TRANSFERRED

class EventsTest {
    private val seen = LinkedBlockingQueue<JobEvent>()

    private fun next(): JobEvent =
        assertNotNull(seen.poll(PATIENCE.inWholeSeconds, TimeUnit.SECONDS), "an event in time")

    @Test
    fun files_are_told_of_before_their_job() = Bench().use { bench ->
        val job = bench.job().also { it.setNotifyFlags(ALL_FILE_EVENTS) }
        bench.manager.addListener { seen.put(it) }
        job.resume()
        val kinds = generateSequence { next() }.onEach { assertEquals(job.id(), it.job) }.map { it.kind }
            .takeWhile { it != EventKind.JOB_TRANSFERRED }.toList()
        assertContains(kinds, EventKind.FILE_TRANSFERRED)
        assertContains(kinds, EventKind.FILE_RANGES_TRANSFERRED)
    }

    @Test
    fun a_restarted_file_is_told_of() = Bench().use { bench ->
        val job = bench.stalled().also { it.suspend() }
        // Another version: what is held is given up.
        job.file(0u).setRemoteName(bench.remote(2, "?etag=other"))
        job.addListener { seen.put(it) }
        job.resume()
        val first = next()
        assertEquals(EventKind.FILE_RESTARTED to 0u, first.kind to first.file)
        assertEquals(EventKind.JOB_TRANSFERRED, next().kind)
    }

    @Test
    fun an_error_comes_with_its_event() = Bench().use { bench ->
        val job = bench.manager.createJob("fails")
        job.addFile(Server.url("/missing"), bench.path("missing"))
        job.addListener { seen.put(it) }
        bench.run(job)
        val event = next()
        assertEquals(EventKind.JOB_ERROR, event.kind)
        assertEquals(job.error(), event.error)
    }

    @Test
    fun a_listener_of_a_job_hears_of_no_other() = Bench().use { bench ->
        val other = bench.job(name = "other")
        val job = bench.job(name = "mine")
        job.addListener { seen.put(it) }
        bench.run(other)
        bench.run(job)
        assertEquals(job.id(), next().job)
        assertNull(seen.poll())
    }

    @Test
    fun a_listener_that_throws_hurts_nobody() = Bench().use { bench ->
        bench.manager.addListener { throw IllegalStateException("a broken listener") }
        bench.manager.addListener { throw BgcopyException.Failed(HResult.E_FAIL, ErrorContext.NONE, "declared") }
        bench.manager.addListener { seen.put(it) }
        val first = bench.job(name = "first").also { bench.run(it) }
        assertEquals(first.id(), next().job)
        val second = bench.job(name = "second").also { bench.run(it) }
        assertEquals(second.id(), next().job)
        val failures = bench.manager.listenerFailures()
        assertEquals(4uL, failures.count)
        assertContains(failures.lastMessage.orEmpty(), "declared")
    }

    @Test
    fun any_call_is_allowed_in_a_listener() = Bench().use { bench ->
        val codes = LinkedBlockingQueue<HResult>()
        val job = bench.job()
        job.addListener { codes.put(job.complete()) }
        job.resume()
        assertEquals(HResult.S_OK, codes.poll(PATIENCE.inWholeSeconds, TimeUnit.SECONDS))
        bench.mustHold("file")
    }

    @Test
    fun a_removed_listener_is_not_called() = Bench().use { bench ->
        val number = bench.manager.addListener { throw IllegalStateException("it was removed") }
        bench.manager.addListener { seen.put(it) }
        bench.manager.removeListener(number)
        bench.manager.removeListener(number)
        bench.run(bench.job())
        next()
        assertEquals(0uL, bench.manager.listenerFailures().count)
    }

    @Test
    fun listeners_are_told_of_the_end() = Bench().use { bench ->
        val ends = LinkedBlockingQueue<String>()
        val listener = object : EventListener {
            override fun onEvent(event: JobEvent) = Unit
            override fun onClosed() = ends.put("closed")
        }
        bench.manager.addListener(listener)
        assertEquals(HResult.E_SHARING_VIOLATION, codeOf { bench.manager.nextEvent(Duration.ZERO) })
        bench.manager.close()
        assertEquals("closed", ends.poll(PATIENCE.inWholeSeconds, TimeUnit.SECONDS))
        assertEquals(HResult.BGCOPY_E_MANAGER_CLOSED, codeOf { bench.manager.addListener(listener) })
        until { threads("bgcopy-notifier") == 0 }
    }

    @Test
    fun events_can_be_asked_for_one_by_one() = Bench().use { bench ->
        val job = bench.job().also { bench.run(it) }
        val event = assertNotNull(bench.manager.nextEvent(PATIENCE))
        assertEquals(job.id() to EventKind.JOB_TRANSFERRED, event.job to event.kind)
        assertNull(bench.manager.nextEvent(Duration.ZERO))
        bench.manager.close()
        assertEquals(HResult.BGCOPY_E_MANAGER_CLOSED, codeOf { bench.manager.nextEvent() })
    }

    @Test
    fun a_flow_of_events_ends_with_the_manager() = Bench().use { bench ->
        runBlocking<Unit> {
            val job = bench.job()
            val ofJob = async(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { job.events().first() }
            val all = async(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { bench.manager.events().toList() }
            job.awaitResume()
            withTimeout(PATIENCE) {
                assertEquals(EventKind.JOB_TRANSFERRED, ofJob.await().kind)
                bench.manager.awaitClose()
                assertEquals(listOf(job.id()), all.await().map { it.job })
            }
        }
    }

    @Test
    fun a_flow_of_progress_ends_when_all_is_here() = Bench().use { bench ->
        runBlocking<Unit> {
            val job = bench.stalled()
            val steps = async(Dispatchers.Default) { job.progressFlow(5.milliseconds).toList() }
            job.snapshots(5.milliseconds).first { it.record.progress.bytesTransferred > 0uL }
            job.suspend()
            job.file(0u).setRemoteName(bench.remote(9, "?etag=v1"))
            job.resume()
            withTimeout(PATIENCE) {
                val all = steps.await()
                assertEquals(LENGTH.toULong(), all.last().bytesTransferred)
                assertTrue(all.zipWithNext().all { (one, next) -> one != next }, "equal ones are left out")
            }
        }
    }
}
