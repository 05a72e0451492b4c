package bgcopy

import org.junit.Test
import kotlin.io.path.exists
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Files to their places in one call, and jobs that are found by their key. */
class OneShotTest {
    private fun Bench.spec(name: String, seed: Int, query: String = "") =
        FileSpec(remote(seed, query), path(name).toString())

    private class Observer(private val goesOn: (JobProgress) -> Boolean) : TransferObserver {
        var last: JobProgress? = null

        override fun onProgress(progress: JobProgress): Boolean {
            last = progress
            return goesOn(progress)
        }
    }

    @Test
    fun a_download_puts_files_in_place_and_says_what_failed() = Bench().use { bench ->
        val missing = FileSpec(Server.url("/missing"), bench.path("missing").toString())
        val files = listOf(bench.spec("one", 1), missing, bench.spec("two", 2))
        val observer = Observer { true }
        val ended = bench.manager.download(files, TransferOptions(partial = true), observer)
        assertEquals(files.map { it.localName }, ended.map { it.localName })
        assertEquals(listOf(true, false, true), ended.map { it.isDone })
        assertNull(ended[0].error)
        assertTrue(assertNotNull(ended[1].error).message.contains("404"))
        assertEquals(3u, assertNotNull(observer.last).filesTotal)
        bench.mustHold("one")
        bench.mustHold("two", seed = 2)
        assertFalse(bench.path("missing").exists())
        bench.mustBeTidy()
        assertEquals(emptyList(), bench.manager.jobs())
    }

    @Test
    fun a_call_that_is_ended_leaves_a_job_that_the_same_call_goes_on_with() = Bench().use { bench ->
        val files = listOf(bench.spec("stalled", 9, "?stall_after=$STALL&etag=v1"))
        val observer = Observer { it.bytesTransferred == 0uL }
        assertEquals(HResult.E_ABORT, codeOf { bench.manager.download(files, TransferOptions(), observer) })
        val job = bench.manager.jobs().single()
        assertEquals(JobState.SUSPENDED, job.state())
        assertEquals(job.id(), bench.manager.jobByKey(assertNotNull(job.key())).id())
        // The same content from where it does not stand still.
        job.file(0u).setRemoteName(bench.remote(9, "?etag=v1"))
        assertTrue(bench.manager.download(files, TransferOptions()).single().isDone)
        bench.mustHold("stalled", seed = 9)
        bench.mustBeTidy()
    }

    @Test
    fun an_upload_is_sent_and_acknowledged() = Bench().use { bench ->
        val file = FileSpec(Server.url("/up/one-shot"), bench.source().toString())
        val options = TransferOptions(uploadProtocol = UploadProtocol.BITS)
        assertTrue(bench.manager.upload(listOf(file), options).single().isDone)
        assertContentEquals(Server.bytes("/gen/1/$LENGTH"), Server.sent("/up/one-shot"))
        assertEquals(emptyList(), bench.manager.jobs())
    }

    @Test
    fun a_key_names_one_job_until_that_is_over() = Bench().use { bench ->
        val first = bench.manager.createJobWithKey("nightly", "first")
        val second = bench.manager.createJobWithKey("nightly", "second")
        assertTrue(first.isNew)
        assertFalse(second.isNew)
        assertEquals(first.job.id(), second.job.id())
        assertEquals("nightly", second.job.key())
        first.job.cancel()
        assertEquals(HResult.DO_E_JOB_NOT_FOUND, codeOf { bench.manager.jobByKey("nightly") })
        assertEquals(HResult.E_INVALIDARG, codeOf { bench.manager.createJobWithKey("", "empty") })
    }
}
