package bgcopy

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import kotlin.time.Duration

/**
 * Waits until the job is in one of the states, and says in which; without
 * states until it ends: TRANSFERRED, ERROR, ACKNOWLEDGED or CANCELLED. It holds
 * no thread of a dispatcher, and cancellation ends it at once. E_TIMEOUT when
 * the time is over; without a time it waits for ever.
 */
@Throws(BgcopyException::class, kotlin.coroutines.cancellation.CancellationException::class)
public suspend fun Job.awaitState(vararg states: JobState, timeout: Duration? = null): JobState =
    startWait(states.toList(), timeout?.let(::milliseconds)).use { it.state() }

/**
 * Waits until all files of the job are here. Transient errors are waited out,
 * as they are tried again by themselves. Throws what stopped the job if it goes
 * to ERROR, E_ABORT if it is cancelled, E_TIMEOUT when the time is over.
 */
@Throws(BgcopyException::class, kotlin.coroutines.cancellation.CancellationException::class)
public suspend fun Job.awaitTransferred(timeout: Duration? = null) {
    when (awaitState(timeout = timeout)) {
        JobState.TRANSFERRED, JobState.ACKNOWLEDGED -> Unit
        JobState.CANCELLED ->
            throw BgcopyException.Failed(HResult.E_ABORT, ErrorContext.NONE, "the job was cancelled")
        JobState.ERROR -> throw blocking { error() }.toException()
        JobState.QUEUED, JobState.CONNECTING, JobState.TRANSFERRING, JobState.SUSPENDED,
        JobState.TRANSIENT_ERROR ->
            throw BgcopyException.Failed(HResult.E_UNEXPECTED, ErrorContext.NONE, "not a state waited for")
    }
}

/**
 * Reads up to so many bytes from the position on, at most 4 MiB, and moves it behind them. Waits
 * until there is at least one; none at the end of the file. It holds no thread of a dispatcher,
 * and cancellation ends it at once: unless the bytes were there already, it has read nothing.
 * E_TIMEOUT when the time is over; without a time it waits for ever.
 */
@Throws(BgcopyException::class, kotlin.coroutines.cancellation.CancellationException::class)
public suspend fun FileReader.awaitRead(bytesMax: UInt, timeout: Duration? = null): ByteArray =
    startRead(bytesMax, timeout?.let(::milliseconds)).use { it.bytes() }

/**
 * Makes any call of this library away from the caller's thread. None of them
 * waits for the network, but most wait for the disk. A call that was begun is
 * finished, and its result is not lost, also if the coroutine is cancelled.
 */
public suspend fun <T> blocking(call: () -> T): T {
    currentCoroutineContext().ensureActive()
    // Two steps: changing the dispatcher and the job at once would lose the
    // result of a cancelled coroutine on the way back.
    return withContext(NonCancellable) { withContext(Dispatchers.IO) { call() } }
}

/** As [Manager.open]. */
public suspend fun Manager.Companion.awaitOpen(options: Options): Manager = blocking { open(options) }

/** As [ManagerHandle.createJob]. */
public suspend fun Manager.awaitCreateJob(
    displayName: String,
    jobType: JobType = JobType.DOWNLOAD,
): Job = blocking { createJob(displayName, jobType) }

/** As [ManagerHandle.createJobWithKey]. */
public suspend fun Manager.awaitCreateJobWithKey(
    key: String,
    displayName: String,
    jobType: JobType = JobType.DOWNLOAD,
): KeyedJob = blocking { createJobWithKey(key, displayName, jobType) }

/** As [ManagerHandle.jobByKey]. */
public suspend fun Manager.awaitJobByKey(key: String): Job = blocking { jobByKey(key) }

/** As [ManagerHandle.getJob]. */
public suspend fun Manager.awaitGetJob(id: Uuid): Job = blocking { getJob(id) }

/** As [ManagerHandle.jobs]. */
public suspend fun Manager.awaitJobs(): List<Job> = blocking { jobs() }

/** As [ManagerHandle.suspendAll]. */
public suspend fun Manager.awaitSuspendAll(): List<Uuid> = blocking { suspendAll() }

/** As [ManagerHandle.resumeAll]. */
public suspend fun Manager.awaitResumeAll(jobs: List<Uuid>): List<Uuid> = blocking { resumeAll(jobs) }

/** As [Manager.close]. */
public suspend fun Manager.awaitClose(): Unit = blocking { close() }

/** As [Job.addFile]. */
public suspend fun Job.awaitAddFile(remoteName: String, localName: String): Unit =
    blocking { addFile(remoteName, localName) }

/** As [Job.addFileSet]. */
public suspend fun Job.awaitAddFileSet(files: List<FileSpec>): Unit = blocking { addFileSet(files) }

/** As [Job.addFileWithRanges]. */
public suspend fun Job.awaitAddFileWithRanges(
    remoteName: String,
    localName: String,
    ranges: List<FileRange>,
): Unit = blocking { addFileWithRanges(remoteName, localName, ranges) }

/** As [Job.suspend]. */
public suspend fun Job.awaitSuspend(): Unit = blocking { suspend() }

/** As [Job.resume]. */
public suspend fun Job.awaitResume(): Unit = blocking { resume() }

/** As [Job.cancel]. */
public suspend fun Job.awaitCancel(): HResult = blocking { cancel() }

/** As [Job.complete]. */
public suspend fun Job.awaitComplete(): HResult = blocking { complete() }

/** As [Job.snapshot]. */
public suspend fun Job.awaitSnapshot(): JobSnapshot = blocking { snapshot() }
