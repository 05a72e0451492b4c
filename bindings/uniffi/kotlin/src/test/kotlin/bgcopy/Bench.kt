package bgcopy

import java.io.FileNotFoundException
import java.net.URI
import java.nio.file.Files
import java.nio.file.Path
import java.util.UUID
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** No scenario waits longer than this for anything. */
internal val PATIENCE: Duration = 60.seconds

/** Bytes of the usual file. */
internal const val LENGTH: Long = 1_500_007

/** Where the server stands still if it is asked to. */
internal const val STALL: Long = 700_001

internal val STOPS: List<JobState> =
    listOf(JobState.TRANSFERRED, JobState.ERROR, JobState.TRANSIENT_ERROR)

/** The scriptable server, as a program: it ends with its input. */
internal object Server {
    private val process: Process =
        ProcessBuilder(System.getProperty("bgcopy.test.server") ?: error("bgcopy.test.server is not set"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()

    private val base: String = process.inputReader().readLine().removePrefix("listening ").trimEnd('/')

    fun url(path: String): String = "$base$path"

    fun bytes(path: String): ByteArray = URI(url(path)).toURL().openStream().use { it.readBytes() }

    /** What was sent to a path; null if it has no file. */
    fun sent(path: String): ByteArray? =
        try {
            bytes(path)
        } catch (missing: FileNotFoundException) {
            null
        }

    /** How much there is of the files that were begun in an area, by path. */
    fun unfinished(area: String): Map<String, Long> =
        bytes(area).decodeToString().lines().filter { it.isNotEmpty() }
            .associate { it.substringBeforeLast(' ') to it.substringAfterLast(' ').toLong() }
}

/** Where the server takes files by a protocol, and where it does so slowly. */
internal enum class UploadWay(
    val protocol: UploadProtocol,
    val area: String,
    val slow: String,
    val length: Long = LENGTH,
) {
    BITS(UploadProtocol.BITS, "/up/", "/up/slow/"),
    TUS(UploadProtocol.TUS, "/up/tus/", "/up/slow/tus/"),
    IETF(UploadProtocol.IETF, "/up/ietf/", "/up/slow/ietf/"),

    /** In two parts. */
    S3(UploadProtocol.S3, "/s3/", "/s3-slow/", 9_000_000),
}

/** A folder and an open queue. */
internal class Bench : AutoCloseable {
    val folder: Path = Files.createTempDirectory("bgcopy-kotlin-")
    var manager: Manager = open()

    fun open(): Manager = Manager.open(folder.resolve("store"))

    fun path(name: String): Path = folder.resolve(name)

    /** A suspended job of one file. */
    fun job(seed: Int = 1, query: String = "", name: String = "file"): Job {
        val job = manager.createJob("test")
        job.addFile(remote(seed, query), path(name))
        return job
    }

    fun remote(seed: Int = 1, query: String = "", length: Long = LENGTH): String =
        Server.url("/gen/$seed/$length$query")

    /** A file to be sent. */
    fun source(name: String = "source", seed: Int = 1, length: Long = LENGTH): Path =
        path(name).also { it.writeBytes(Server.bytes("/gen/$seed/$length")) }

    /** A suspended job that sends a file. */
    fun upload(path: String, type: JobType = JobType.UPLOAD, way: UploadWay = UploadWay.BITS): Job {
        val job = manager.createJob("test", type)
        job.addFile(Server.url(path), source(length = way.length))
        job.setUploadProtocol(way.protocol)
        if (way == UploadWay.S3) {
            job.setCredentials(AuthTarget.SERVER, AuthScheme.BASIC, "id", "secret")
        }
        return job
    }

    fun run(job: Job): JobState {
        job.resume()
        return job.wait(STOPS, PATIENCE)
    }

    /** A job whose transfer stands still in mid-file. */
    fun stalled(name: String = "stalled"): Job {
        val job = job(seed = 9, query = "?stall_after=$STALL&etag=v1", name = name)
        job.resume()
        until { job.progress().bytesTransferred > 0uL }
        return job
    }

    fun mustHold(name: String, seed: Int = 1) {
        assertContentEquals(Server.bytes("/gen/$seed/$LENGTH"), path(name).readBytes())
    }

    fun temporaries(): List<Path> = folder.listDirectoryEntries().filter { it.name.startsWith(".bgcopy-") }

    fun mustBeTidy() = assertEquals(emptyList(), temporaries())

    @OptIn(ExperimentalPathApi::class)
    override fun close() {
        manager.close()
        folder.deleteRecursively()
    }
}

/** Looks again until the condition holds. */
internal fun until(condition: () -> Boolean) {
    val end = System.nanoTime() + PATIENCE.inWholeNanoseconds
    while (!condition()) {
        check(System.nanoTime() < end) { "it did not come true in time" }
        Thread.sleep(2)
    }
}

/** What a call fails with. */
internal fun codeOf(call: () -> Unit): HResult? =
    try {
        call()
        null
    } catch (exception: BgcopyException) {
        exception.hresult
    }

/** Threads of this process whose name begins so. */
internal fun threads(prefix: String): Int =
    Path.of("/proc/self/task").listDirectoryEntries().count { task ->
        // A thread may end while it is looked at.
        runCatching { Files.readString(task.resolve("comm")) }.getOrDefault("").startsWith(prefix)
    }

internal val UNKNOWN_ID: UUID = UUID(1, 2)
