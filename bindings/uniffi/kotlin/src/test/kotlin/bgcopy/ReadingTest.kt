package bgcopy

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import org.junit.Test
import java.io.ByteArrayOutputStream
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** Files that are read while they are downloaded. */
class ReadingTest {
    @Test
    fun a_file_is_read_while_it_downloads() = Bench().use { bench ->
        val whole = Server.bytes("/gen/1/$LENGTH")
        val job = bench.job()
        job.file(0u).openReader().use { reader ->
            assertNull(reader.size())
            assertEquals(HResult.E_PENDING, codeOf { reader.seek(0, SeekOrigin.END) })
            job.resume()
            val found = ByteArrayOutputStream()
            do {
                val bytes = reader.read(70_001u, PATIENCE)
                found.writeBytes(bytes)
            } while (bytes.isNotEmpty())
            assertContentEquals(whole, found.toByteArray())
            assertEquals(LENGTH.toULong(), reader.position())
            assertEquals(LENGTH.toULong(), reader.size())
            job.wait(STOPS, PATIENCE)
            assertTrue(reader.isVerified())
            job.complete()
            assertEquals((LENGTH - 7).toULong(), reader.seek(-7, SeekOrigin.END))
            assertEquals((LENGTH - 10).toULong(), reader.seek(-3, SeekOrigin.CURRENT))
            assertContentEquals(whole.takeLast(10).toByteArray(), reader.read(20u))
            reader.seek(5, SeekOrigin.START)
            assertContentEquals(whole.copyOfRange(5, 15), reader.read(10u))
            assertEquals(HResult.E_INVALIDARG, codeOf { reader.seek(-1, SeekOrigin.START) })
        }
    }

    @Test
    fun a_read_that_cannot_come_says_why() = Bench().use { bench ->
        val job = bench.stalled()
        val file = job.file(0u)
        file.openReader().use { reader ->
            assertEquals(1000, reader.read(1000u, PATIENCE).size)
            assertFalse(reader.isVerified())
            reader.seek(-1, SeekOrigin.END)
            assertEquals(HResult.E_TIMEOUT, codeOf { reader.read(1u, 20.milliseconds) })
            job.suspend()
            assertEquals(HResult.DO_E_INVALID_STATE, codeOf { reader.read(1u) })
            file.setRemoteName(bench.remote(2))
            job.resume()
            assertEquals(HResult.BG_E_REMOTE_FILE_CHANGED, codeOf { reader.read(1u, PATIENCE) })
        }
        file.openReader().use { assertContentEquals(Server.bytes("/gen/2/10"), it.read(10u, PATIENCE)) }
    }

    @Test
    fun a_position_is_downloaded_first() = Bench().use { bench ->
        val file = bench.stalled().file(0u)
        file.updateDownloadPosition(1_000_000uL)
        assertEquals(
            HResult.BG_E_INVALID_RANGE,
            codeOf { file.updateDownloadPosition(LENGTH.toULong()) },
        )
    }

    @Test
    fun on_demand_nothing_but_requested_ranges_is_downloaded() = Bench().use { bench ->
        val job = bench.job()
        job.setProperty(JobPropertyId.ON_DEMAND_MODE, PropertyValue.Enable(true))
        val file = job.file(0u)
        val late = FileRange(1_000_000uL, 10uL)
        val early = FileRange(5uL, 10uL)
        file.requestRanges(listOf(late, early))
        job.resume()
        val states = listOf(JobState.SUSPENDED, JobState.ERROR)
        assertEquals(JobState.SUSPENDED, job.wait(states, PATIENCE))
        assertEquals(listOf(early, late), file.filledRanges())
        val outside = listOf(FileRange(LENGTH.toULong(), 1uL))
        assertEquals(HResult.BG_E_INVALID_RANGE, codeOf { file.requestRanges(outside) })
        assertEquals(HResult.E_INVALIDARG, codeOf { file.requestRanges(listOf()) })
    }

    @Test
    fun cancellation_ends_a_read_at_once() = Bench().use { bench ->
        runBlocking<Unit> {
            val reader = bench.stalled().file(0u).openReader()
            assertEquals(1000, reader.awaitRead(1000u, PATIENCE).size)
            reader.seek(-1, SeekOrigin.END)
            val read = async(start = CoroutineStart.UNDISPATCHED) { reader.awaitRead(1u) }
            read.cancelAndJoin()
            assertFailsWith<CancellationException> { read.await() }
            assertEquals((LENGTH - 1).toULong(), reader.position(), "it has read nothing")
            reader.startRead(1u).use { wait ->
                wait.cancel()
                assertEquals(HResult.E_ABORT, codeOf { runBlocking { wait.bytes() } })
            }
        }
    }
}
