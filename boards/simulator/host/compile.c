/* Compiles a module with the engine's parser: bytecode for flash, its natives, and the modules it imports. */

#include "xsAll.h"
#include "xsScript.h"
#include "host.h"
#include "graph.h"

extern void fxRemapIDs(txMachine* the, txByte* code, txSize size, txID* ids);

static void report_error(void* console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	fprintf(stderr, "%s:%d: error: ", path ? path : "(text)", (int)line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

static void ignore_warning(void* console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console, (void)path, (void)line, (void)format, (void)arguments;
}

static void add_import(Module* module, txNode* from)
{
	if (!from || !from->description || from->description->token != XS_TOKEN_STRING)
		return;
	module->imports = realloc(module->imports, (module->importCount + 1) * sizeof(char*));
	module->imports[module->importCount++] = strdup(((txStringNode*)from)->value);
}

static void add_imports(Module* module, txNode* statement)
{
	txToken token = statement->description ? statement->description->token : XS_NO_TOKEN;
	if (token == XS_TOKEN_IMPORT)
		add_import(module, ((txImportNode*)statement)->from);
	else if (token == XS_TOKEN_EXPORT)
		add_import(module, ((txExportNode*)statement)->from);
	else if (token == XS_TOKEN_STATEMENTS)
		for (txNode* item = ((txStatementsNode*)statement)->items->first; item; item = item->next)
			add_imports(module, item);
}

void module_compile(Module* module)
{
	txParser parser;
	txParserJump jump;
	txStringCStream stream = { module->text, 0, (txSize)strlen(module->text) };
	volatile int errors = 0;
	/* Given a console the parser stops at the first error; without, it reports an unfinished class for ever. */
	fxInitializeParser(&parser, &parser, 64 * 1024, 1993);
	parser.reportError = report_error;
	parser.reportWarning = ignore_warning;
	parser.firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser.path = fxNewParserSymbol(&parser, module->file ? module->file : module->name);
		fxParserTree(&parser, &stream, fxStringCGetter, module->host ? mxCFlag : options.profile ? mxDebugFlag : 0, NULL);
		if (parser.errorCount == 0) {
			add_imports(module, ((txModuleNode*)parser.root)->body);
			fxParserHoist(&parser);
			fxParserBind(&parser);
			module->script = fxParserCode(&parser);
		}
	}
	errors = parser.errorCount;
	fxTerminateParser(&parser);
	free(module->text);
	module->text = NULL;
	if (errors || !module->script)
		host_fail("cannot compile '%s'", module->file ? module->file : module->name);
}

/* Called by the engine when a module with natives is loaded: makes the array that its "@" functions are taken from. */
static void build_hosts(txMachine* the)
{
	Role* role = the->context;
	txSlot* internal = mxModuleInternal(mxThis);
	Module* module = graph_find(role->graph, fxGetKeyName(the, internal->value.module.id));
	fxBuildHosts(the, module->builderCount, module->builders);
	mxPullSlot(mxResult);
}

static void bind_natives(Module* module, txID* ids)
{
	txByte* p = module->script->hostsBuffer;
	txID count, id;
	mxDecodeID(p, count);
	module->builders = calloc(count, sizeof(txHostFunctionBuilder));
	module->builderCount = count;
	for (txID index = 0; index < count; index++) {
		txHostFunctionBuilder* builder = &module->builders[index];
		builder->length = *p++;
		mxDecodeID(p, id);
		builder->id = id == XS_NO_ID ? XS_NO_ID : ids[id];
		builder->callback = (txCallback)native_find((char*)p);
		if (!builder->callback)
			host_fail("'%s' names the native '%s', which the host does not have", module->name, (char*)p);
		p += strlen((char*)p) + 1;
	}
	module->script->callback = build_hosts;
}

/* The flash variant of an opcode that otherwise would copy into a chunk. */
static txU1 flash_code(txU1 code)
{
	switch (code) {
	case XS_CODE_CODE_1: return XS_CODE_CODE_ARCHIVE_1;
	case XS_CODE_CODE_2: return XS_CODE_CODE_ARCHIVE_2;
	case XS_CODE_CODE_4: return XS_CODE_CODE_ARCHIVE_4;
	case XS_CODE_STRING_1: return XS_CODE_STRING_ARCHIVE_1;
	case XS_CODE_STRING_2: return XS_CODE_STRING_ARCHIVE_2;
	case XS_CODE_STRING_4: return XS_CODE_STRING_ARCHIVE_4;
	default: return code;
	}
}

txSize bytecode_size(txByte* p)
{
	txS1 size = gxCodeSizes[*((txU1*)p)];
	txU2 length2;
	txS4 length4;
	if (size > 0)
		return size;
	if (size == 0)
		return 1 + sizeof(txID);
	if (size == -1)
		return 2 + *((txU1*)p + 1);
	p++;
	if (size == -2) {
		mxDecode2(p, length2);
		return 3 + length2;
	}
	mxDecode4(p, length4);
	return 5 + length4;
}

static void move_to_flash(txScript* script)
{
	txByte* end = script->codeBuffer + script->codeSize;
	for (txByte* p = script->codeBuffer; p < end; p += bytecode_size(p))
		*((txU1*)p) = flash_code(*((txU1*)p));
}

void module_bind(Module* module, txMachine* the)
{
	txScript* script = module->script;
	txByte* p = script->symbolsBuffer;
	txID count;
	mxDecodeID(p, count);
	txID* ids = calloc(count ? count : 1, sizeof(txID));
	for (txID index = 1; index < count; index++) {
		ids[index] = fxNewNameX(the, (txString)p);
		p += strlen((char*)p) + 1;
	}
	fxRemapIDs(the, script->codeBuffer, script->codeSize, ids);
	move_to_flash(script);
	if (script->hostsBuffer)
		bind_natives(module, ids);
	fxNewNameX(the, module->name);
	/* Without symbols, the engine takes the bytecode as it is and never frees it. */
	script->symbolsBuffer = NULL;
	free(ids);
}

void fxLoadModule(txMachine* the, txSlot* slot, txID moduleID)
{
	Role* role = the->context;
	Module* module = graph_find(role->graph, fxGetKeyName(the, moduleID));
	if (module)
		fxResolveModule(the, slot, moduleID, module->script, C_NULL, C_NULL);
}

static void main_fulfilled(txMachine* the)
{
	(void)the;
}

static void main_rejected(txMachine* the)
{
	mxException = *mxArgv(0);
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
}

/* Imports `module` into the running machine; it may await at its top level. */
void graph_run(txMachine* the, Module* module)
{
	fxBeginHost(the);
	mxTry(the) {
		mxPushStringX(module->name);
		fxAwaitImport(the, XS_IMPORT_ASYNC);
		mxDub();
		mxGetID(mxID(_then));
		mxCall();
		fxNewHostFunction(the, main_fulfilled, 0, XS_NO_ID, XS_NO_ID);
		fxNewHostFunction(the, main_rejected, 1, XS_NO_ID, XS_NO_ID);
		mxRunCount(2);
		mxPop();
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
}
