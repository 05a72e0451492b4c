// The library for Android, as an AAR.
//
// Not run, neither the build nor its result: there is no Android SDK where the
// tests run. The same sources pass their scenarios on a JVM. Before it:
//
//     bindings/uniffi/generate kotlin
//     bindings/uniffi/kotlin/android/build-libraries

plugins {
    id("com.android.library") version "8.7.0"
    kotlin("android") version "2.4.20"
}

android {
    namespace = "bgcopy"
    compileSdk = 35

    defaultConfig {
        // java.nio.file and java.time are there from 26 on.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }

    sourceSets["main"].apply {
        kotlin.srcDirs("../src/main/kotlin", "../../../../target/kotlin/generated")
        // src/main/jniLibs/<ABI>/libbgcopy_uniffi.so
        jniLibs.srcDirs("src/main/jniLibs")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.8.0")
    // The archive for Android has JNA's native part for each ABI.
    implementation("net.java.dev.jna:jna:5.13.0@aar")
}
