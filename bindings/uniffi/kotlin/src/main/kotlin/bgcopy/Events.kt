package bgcopy

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Events that wait for a collector. When so many do, the notifier thread
 * waits, and further events of a job become one: nothing is lost.
 */
private const val EVENTS_BUFFERED = 256

/**
 * The events of all jobs, from now on, until the manager is closed. Which ones
 * a job raises is set by its notify flags. Each collector gets all of them.
 */
public fun Manager.events(): Flow<JobEvent> = events(::addListener, ::removeListener)

/** The events of this job, from now on, until the manager is closed. */
public fun Job.events(): Flow<JobEvent> = events(::addListener, ::removeListener)

/** Tells a function of the events of all jobs. Returns the listener's number. */
@Throws(BgcopyException::class)
public fun Manager.addListener(listener: (JobEvent) -> Unit): ULong =
    addListener(FunctionListener(listener))

/** Tells a function of the events of this job. Returns the listener's number. */
@Throws(BgcopyException::class)
public fun Job.addListener(listener: (JobEvent) -> Unit): ULong =
    addListener(FunctionListener(listener))

/**
 * The job as it is now, and again after each interval in which something about
 * it changed, until it is transferred, completed or cancelled. A slow collector
 * gets the newest and misses those between.
 */
public fun Job.snapshots(interval: Duration = 500.milliseconds): Flow<JobSnapshot> = flow {
    do {
        val snapshot = snapshot()
        emit(snapshot)
        val goesOn = goesOn(snapshot.record.state)
        if (goesOn) delay(interval)
    } while (goesOn)
}.distinctUntilChanged().conflate().flowOn(Dispatchers.IO)

/** How far the job has come: [snapshots], with the progress alone. */
public fun Job.progressFlow(interval: Duration = 500.milliseconds): Flow<JobProgress> =
    snapshots(interval).map { it.record.progress }.distinctUntilChanged()

private fun goesOn(state: JobState): Boolean = when (state) {
    JobState.QUEUED, JobState.CONNECTING, JobState.TRANSFERRING, JobState.SUSPENDED,
    JobState.ERROR, JobState.TRANSIENT_ERROR -> true
    JobState.TRANSFERRED, JobState.ACKNOWLEDGED, JobState.CANCELLED -> false
}

private fun events(
    add: (EventListener) -> ULong,
    remove: (ULong) -> Unit,
): Flow<JobEvent> = callbackFlow {
    val number = add(object : EventListener {
        override fun onEvent(event: JobEvent) {
            trySendBlocking(event)
        }

        override fun onClosed() {
            close()
        }
    })
    awaitClose { remove(number) }
}.buffer(EVENTS_BUFFERED)

private class FunctionListener(private val listener: (JobEvent) -> Unit) : EventListener {
    override fun onEvent(event: JobEvent) = listener(event)

    override fun onClosed() = Unit
}
