package net.coderanger.migrations;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** What may know what. Each rule says why. */
@AnalyzeClasses(packagesOf = OperatorMain.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final Set<String> MAINS = Set.of("OperatorMain", "WaiterMain");

    private static final DescribedPredicate<JavaMethodCall> READS_THE_MACHINE =
            describe("reads the machine's clock or environment", call -> {
                var target = call.getTarget();
                return is(target, Instant.class, "now")
                        || is(target, Clock.class, "system")
                        || is(target, System.class, "getenv")
                        || is(target, System.class, "currentTimeMillis");
            });

    @ArchTest
    static final ArchRule arrows_go_one_way = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("main")
            .definedBy("net.coderanger.migrations")
            .layer("controller")
            .definedBy("..migrations.controller..")
            .layer("webhook")
            .definedBy("..migrations.webhook..")
            .optionalLayer("release")
            .definedBy("..migrations.release..")
            .layer("server")
            .definedBy("..migrations.server..")
            .layer("tls")
            .definedBy("..migrations.tls..")
            .layer("metrics")
            .definedBy("..migrations.metrics..")
            .layer("log")
            .definedBy("..migrations.log..")
            .layer("config")
            .definedBy("..migrations.config..")
            .layer("plan")
            .definedBy("..migrations.plan..")
            .layer("output")
            .definedBy("..migrations.output..")
            .layer("api")
            .definedBy("..migrations.api..")
            .layer("waiter")
            .definedBy("..migrations.waiter..")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("waiter")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("log")
            .mayOnlyBeAccessedByLayers("main", "config", "controller", "webhook")
            .whereLayer("controller")
            .mayOnlyBeAccessedByLayers("main", "metrics")
            .whereLayer("webhook")
            .mayOnlyBeAccessedByLayers("main", "metrics")
            .whereLayer("tls")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("server")
            .mayOnlyBeAccessedByLayers("main", "webhook", "release")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("plan")
            .mayOnlyBeAccessedByLayers("main", "controller", "webhook", "release", "metrics")
            .whereLayer("output")
            .mayOnlyBeAccessedByLayers("controller", "plan")
            .whereLayer("api")
            .mayOnlyBeAccessedByLayers("main", "controller", "webhook", "release", "metrics", "plan", "log")
            .because("decisions that know nothing of what carries them out can be tested and moved alone,"
                    + " and settings reach everybody else as values");

    @ArchTest
    static final ArchRule the_plan_is_pure = noClasses()
            .that()
            .resideInAPackage("..migrations.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client..",
                    "io.javaoperatorsdk..",
                    "org.slf4j..",
                    "java.net..",
                    "java.io..",
                    "java.nio.file..",
                    "java.util.concurrent..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .because("a plan must be reproducible from its observation alone");

    @ArchTest
    static final ArchRule what_is_shown_of_output_is_pure = noClasses()
            .that()
            .resideInAPackage("..migrations.output..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client..", "org.slf4j..", "java.net..", "java.io..", "java.nio.file..")
            .because("secrets pass through here: nothing in it can log or send them");

    @ArchTest
    static final ArchRule the_plan_and_the_api_keep_no_state = fields().that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage("..migrations.plan..", "..migrations.api..")
            .should()
            .beFinal()
            .because("what a run is doing is derived from the Jobs that exist, never from memory");

    @ArchTest
    static final ArchRule the_waiter_is_alone = classes()
            .that()
            .resideInAPackage("..migrations.waiter..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "net.coderanger.migrations.waiter..", "org.jspecify..")
            .because("it starts in every gated pod: each class that it loads is paid for there");

    @ArchTest
    static final ArchRule time_and_environment_are_arguments = noClasses()
            .that(describe("are not an entry point", type -> !MAINS.contains(outermost(type))))
            .should()
            .callMethodWhere(READS_THE_MACHINE)
            .because("what is read at the door can be set in a test, and is documented in one place");

    @ArchTest
    static final ArchRule only_entry_points_end_the_process = noClasses()
            .that(describe("are not an entry point", type -> !MAINS.contains(outermost(type))))
            .should()
            .callMethod(System.class, "exit", int.class)
            .because("code that ends the process cannot be tested in one");

    @ArchTest
    static final ArchRule everything_is_null_marked = classes()
            .should()
            .beAnnotatedWith(NullMarked.class)
            .orShould(com.tngtech.archunit.lang.conditions.ArchConditions.be(describe(
                    "in a package that is @NullMarked",
                    type -> type.getPackage().isAnnotatedWith(NullMarked.class))))
            .because("a null that nobody expects is found by the compiler or by a user");

    @ArchTest
    static final ArchRule no_cycles = slices().matching("net.coderanger.migrations.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a package that needs another that needs it is one package");

    @ArchTest
    static final ArchRule names_say_what_a_thing_is = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .because("a name that fits everything gathers everything");

    @ArchTest
    static final ArchRule classes_are_final = classes()
            .that()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotAnonymousClasses()
            .and(describe("are not package-info", type -> !type.getSimpleName().equals("package-info")))
            .should()
            .haveModifier(JavaModifier.FINAL)
            .because("nothing here is made to be inherited from");

    @ArchTest
    static void enough_is_looked_at(JavaClasses all) {
        assertThat(all).as("classes that the rules were asked of").hasSizeGreaterThan(100);
        for (var place : Map.of("plan", 25, "api", 15, "controller", 10, "webhook", 10, "waiter", 4)
                .entrySet()) {
            assertThat(all.stream()
                            .filter(type ->
                                    type.getPackageName().equals("net.coderanger.migrations." + place.getKey())))
                    .as(place.getKey())
                    .hasSizeGreaterThanOrEqualTo(place.getValue());
        }
    }

    private static boolean is(CodeUnitCallTarget target, Class<?> owner, String prefix) {
        return target.getOwner().isEquivalentTo(owner) && target.getName().startsWith(prefix);
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElseGet(type::getSimpleName);
    }
}
