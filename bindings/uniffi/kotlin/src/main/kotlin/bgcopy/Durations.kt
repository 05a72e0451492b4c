package bgcopy

import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** As [Job.wait] with the time in milliseconds. */
@Throws(BgcopyException::class)
public fun Job.wait(states: List<JobState>, timeout: Duration): JobState =
    wait(states, milliseconds(timeout))

/** As [ManagerHandle.nextEvent] with the time in milliseconds. */
@Throws(BgcopyException::class)
public fun Manager.nextEvent(timeout: Duration): JobEvent? = nextEvent(milliseconds(timeout))

/** As [Job.setMinimumRetryDelay] in seconds, rounded down. */
@Throws(BgcopyException::class)
public fun Job.setMinimumRetryDelay(delay: Duration): Unit = setMinimumRetryDelay(seconds(delay))

/** As [Job.setNoProgressTimeout] in seconds, rounded down. */
@Throws(BgcopyException::class)
public fun Job.setNoProgressTimeout(timeout: Duration): Unit = setNoProgressTimeout(seconds(timeout))

/** As [Job.setMaximumDownloadTime] in seconds, rounded down. */
@Throws(BgcopyException::class)
public fun Job.setMaximumDownloadTime(time: Duration): Unit = setMaximumDownloadTime(seconds(time))

/** How long the job will take at its present speed; null if that cannot be said. */
public val JobSnapshot.timeLeft: Duration?
    get() = secondsLeft?.toLong()?.seconds

/** When the job was made. */
public val JobTimes.creation: Instant
    get() = Instant.ofEpochMilli(creationMs)

/** When anything about it changed last. */
public val JobTimes.modification: Instant
    get() = Instant.ofEpochMilli(modificationMs)

/** When the job became TRANSFERRED; null before. */
public val JobTimes.transferCompletion: Instant?
    get() = transferCompletionMs?.let(Instant::ofEpochMilli)

/** Since when the job waits. */
public val WaitReason.since: Instant
    get() = Instant.ofEpochMilli(sinceMs)

/** When it is tried again by itself; null if it is not. */
public val WaitReason.nextTry: Instant?
    get() = nextTryMs?.let(Instant::ofEpochMilli)

/** A negative time is over already; an infinite one is as long as can be told. */
internal fun milliseconds(time: Duration): ULong = time.inWholeMilliseconds.coerceAtLeast(0).toULong()

private fun seconds(time: Duration): UInt =
    time.inWholeSeconds.coerceIn(0, UInt.MAX_VALUE.toLong()).toUInt()
