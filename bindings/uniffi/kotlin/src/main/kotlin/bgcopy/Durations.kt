package bgcopy

import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.DurationUnit
import kotlin.time.toDuration

/** As [Job.wait] with the time in milliseconds. */
@Throws(BgcopyException::class)
public fun Job.wait(states: List<JobState>, timeout: Duration): JobState =
    wait(states, milliseconds(timeout))

/** As [Job.wait] without states, with the time in milliseconds: until the job ends. */
@Throws(BgcopyException::class)
public fun Job.wait(timeout: Duration): JobState = wait(emptyList(), milliseconds(timeout))

/** As [ManagerHandle.nextEvent] with the time in milliseconds. */
@Throws(BgcopyException::class)
public fun Manager.nextEvent(timeout: Duration): JobEvent? = nextEvent(milliseconds(timeout))

/** As [FileReader.read] with the time in milliseconds. */
@Throws(BgcopyException::class)
public fun FileReader.read(bytesMax: UInt, timeout: Duration): ByteArray =
    read(bytesMax, milliseconds(timeout))

/** As [Job.setMinimumRetryDelay] in seconds, rounded up. E_INVALIDARG for a negative time. */
@Throws(BgcopyException::class)
public fun Job.setMinimumRetryDelay(delay: Duration): Unit = setMinimumRetryDelay(seconds(delay))

/** As [Job.setNoProgressTimeout] in seconds, rounded up. E_INVALIDARG for a negative time. */
@Throws(BgcopyException::class)
public fun Job.setNoProgressTimeout(timeout: Duration): Unit = setNoProgressTimeout(seconds(timeout))

/** As [Job.setMaximumDownloadTime] in seconds, rounded up. E_INVALIDARG for a negative time. */
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

/** A time to wait. A negative one is over already; an infinite one is as long as can be told. */
internal fun milliseconds(time: Duration): ULong =
    roundedUp(time, DurationUnit.MILLISECONDS).coerceAtLeast(0).toULong()

/** A setting. More seconds than fit are as many as fit. */
private fun seconds(time: Duration): UInt {
    if (time.isNegative()) {
        throw BgcopyException.Failed(HResult.E_INVALIDARG, ErrorContext.NONE, "$time is no span of time")
    }
    return roundedUp(time, DurationUnit.SECONDS).coerceAtMost(UInt.MAX_VALUE.toLong()).toUInt()
}

/** Up, as 0 has a meaning of its own for some settings: half a second is not "never wait". */
private fun roundedUp(time: Duration, unit: DurationUnit): Long {
    val whole = time.toLong(unit)
    return if (whole.toDuration(unit) < time) whole + 1 else whole
}
