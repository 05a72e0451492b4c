package bgcopy

import java.io.File as JavaFile
import java.nio.file.Path

/**
 * An open queue. Its jobs stay in the store and go on with the next manager.
 * Any thread may use it; its methods are described at [ManagerHandleInterface].
 *
 * [close], or the end of `use { }`, closes the queue: from then on every call
 * answers BGCOPY_E_MANAGER_CLOSED. A manager that is only let go of is closed
 * after the garbage collector has found it and all its jobs, files and waits.
 */
public class Manager private constructor(private val handle: ManagerHandle) :
    ManagerHandleInterface by handle, AutoCloseable {

    /**
     * Stops driving the queue, after what is under way was recorded. It may
     * take as long as the disk needs. A second call does nothing.
     */
    override fun close() {
        closeQueue()
    }

    public companion object {
        /** Opens a queue: see [openManager]. */
        @Throws(BgcopyException::class)
        public fun open(options: Options): Manager = Manager(openManager(options))

        /** Opens the queue in a folder, with the defaults. */
        @Throws(BgcopyException::class)
        public fun open(store: Path): Manager = open(Options(store.toString()))

        /** Opens the queue in a folder, with the defaults. */
        @Throws(BgcopyException::class)
        public fun open(store: JavaFile): Manager = open(Options(store.path))
    }
}
