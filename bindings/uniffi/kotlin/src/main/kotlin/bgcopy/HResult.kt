package bgcopy

/**
 * The code every call answers with; negative means failure. The codes have
 * names: `HResult.DO_E_INVALID_STATE`.
 *
 * @property bits The number as it is published, as a signed one.
 */
@JvmInline
public value class HResult(public val bits: Int) {
    /** True for every code that is not a failure. */
    public val isSuccess: Boolean get() = bits >= 0

    /** True for a failure. */
    public val isFailure: Boolean get() = bits < 0

    /** The published name; null for a code without one. */
    public val name: String? get() = codeName(this)

    /** A readable sentence. */
    public val text: String get() = codeText(this)

    /** As it is published, such as `0x80D02013 DO_E_INVALID_STATE`. */
    override fun toString(): String =
        listOfNotNull("0x%08X".format(bits), name).joinToString(" ")

    public companion object
}
