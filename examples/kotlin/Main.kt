// Downloads two files as one job, and cancels another one.
//
//     Main URL URL FOLDER

import bgcopy.BgcopyException
import bgcopy.Job
import bgcopy.Manager
import bgcopy.NotifyFlags
import bgcopy.addFile
import bgcopy.addListener
import bgcopy.awaitComplete
import bgcopy.awaitTransferred
import bgcopy.hresult
import bgcopy.text
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.system.exitProcess
import kotlin.time.Duration.Companion.minutes

fun main(arguments: Array<String>) {
    if (arguments.size != 3) {
        System.err.println("usage: Main URL URL FOLDER")
        exitProcess(2)
    }
    val folder = File(arguments[2])
    try {
        Manager.open(folder.resolve("store")).use { manager ->
            runBlocking { download(manager, arguments.take(2), folder) }
            cancel(manager, arguments[0], folder)
        }
    } catch (exception: BgcopyException) {
        System.err.println("failed: ${exception.text} (${exception.hresult})")
        exitProcess(1)
    }
}

private suspend fun download(manager: Manager, urls: List<String>, folder: File) {
    val job: Job = manager.createJob("two files")
    urls.forEachIndexed { index, url -> job.addFile(url, folder.resolve("file$index")) }
    job.setNotifyFlags(NotifyFlags.DEFAULT or NotifyFlags.FILE_TRANSFERRED)
    job.addListener { event -> println("event: ${event.kind}") }
    job.resume()
    // Throws what stopped the job, if something does; transient errors are
    // tried again without our doing.
    job.awaitTransferred(timeout = 10.minutes)
    println("completed: ${job.awaitComplete()}")
}

private fun cancel(manager: Manager, url: String, folder: File) {
    val job = manager.createJob("not wanted after all")
    job.addFile(url, folder.resolve("never"))
    job.resume()
    println("moving or not: ${job.waitReason().message}")
    println("cancelled: ${job.cancel()}, now ${job.state()}")
}
