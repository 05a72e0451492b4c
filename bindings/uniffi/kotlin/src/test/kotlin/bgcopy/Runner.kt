package bgcopy

import org.junit.runner.Description
import org.junit.runner.JUnitCore
import org.junit.runner.notification.Failure
import org.junit.runner.notification.RunListener
import kotlin.system.exitProcess

/** Runs all scenarios and says what became of them, in the words that the one test command counts. */
public fun main() {
    val junit = JUnitCore()
    junit.addListener(object : RunListener() {
        private var begun = 0L

        override fun testStarted(description: Description) {
            begun = System.nanoTime()
        }

        override fun testFinished(description: Description) =
            println("kotlin ${description.methodName}: ${(System.nanoTime() - begun) / 1_000_000} ms")

        override fun testFailure(failure: Failure) = println("FAILED ${failure.description}\n${failure.trace}")
    })
    val result = junit.run(
        ScenariosTest::class.java,
        OneShotTest::class.java,
        ReadingTest::class.java,
        EventsTest::class.java,
        LifetimesTest::class.java,
    )
    println("${result.runCount - result.failureCount} passed, ${result.failureCount} failed")
    exitProcess(if (result.wasSuccessful() && result.runCount > 0) 0 else 1)
}
